/** HA groups (design, decision 10). */
import { declareFinding } from '../../base/findings/finding.ts'

export const haGroupRepeats = declareFinding<{ id: string }>({
  code: 'HaGroupRepeatsReference',
  severity: 'error',
  status: 400,
  source: 'design, decision 10',
  message: ({ id }) => `${id} is named twice.`,
  remedy: () => 'Name each host and each member once.',
})

export const haGroupLabelTaken = declareFinding<{ host: string; other: string }>({
  code: 'HaGroupLabelTaken',
  severity: 'error',
  status: 409,
  source: 'design, decision 10',
  message: ({ host, other }) => `On ${host}, ${other} already shows a token of this name.`,
  remedy: () => 'Name the group otherwise: its name is the label of the token.',
})

export const haGroupMemberTaken = declareFinding<{ host: string; other: string; member: string }>({
  code: 'HaGroupMemberTaken',
  severity: 'error',
  status: 409,
  source: 'design, decision 10',
  message: ({ host, other, member }) => `On ${host}, ${member} is already shown by ${other}.`,
  remedy: ({ other }) => `Use ${other}, or leave this host or this member out.`,
})

export const memberInUse = declareFinding<{ user: string }>({
  code: 'InUseByHaGroup',
  severity: 'error',
  status: 409,
  source: 'design, decision 10',
  message: ({ user }) => `It is named by HA group ${user}.`,
  remedy: ({ user }) => `Remove it from ${user}, or delete ${user}, first.`,
})
