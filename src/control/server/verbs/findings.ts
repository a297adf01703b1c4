/** What our verbs refuse. */
import { declareFinding } from '../../../base/findings/finding.ts'

export const hostNotFound = declareFinding<{ name: string; known: readonly string[] }>({
  code: 'HostNotFound',
  severity: 'error',
  status: 404,
  source: 'design, command line',
  message: ({ name }) => `There is no host '${name}'.`,
  remedy: ({ known }) => (known.length === 0 ? 'Deploy a virtual machine first.' : `Use one of: ${known.join(', ')}.`),
})

export const hostAmbiguous = declareFinding<{ name: string; ids: readonly string[] }>({
  code: 'HostAmbiguous',
  severity: 'error',
  status: 409,
  source: 'design, command line',
  message: ({ name }) => `Several hosts are named '${name}'.`,
  remedy: ({ ids }) => `Give the full id: ${ids.join(', ')}.`,
})

export const hostNotStanding = declareFinding<{ name: string; trouble: string | null }>({
  code: 'HostNotStanding',
  severity: 'error',
  status: 409,
  source: 'design, decision 5',
  message: ({ name, trouble }) => `Host '${name}' does not stand now${trouble === null ? '' : `: ${trouble}`}.`,
  remedy: () => 'See `hsmnet status`; an agent that died is started again within a second.',
})

export const liveHsmsNotNamed = declareFinding<{ hsms: readonly { readonly name: string; readonly state: string }[] }>({
  code: 'LiveHsmsNotNamed',
  severity: 'error',
  status: 409,
  source: 'azure-facts A9.1; design, decision 11',
  message: ({ hsms }) =>
    `These HSMs hold keys, or cannot be asked whether they do, and --purge would destroy them: ${hsms.map(({ name, state }) => `${name} (${state})`).join(', ')}.`,
  remedy: ({ hsms }) =>
    `Zeroize each first (hsmnet hsm zeroize NAME --from HOST), or name what may be destroyed: hsmnet down --purge --destroy ${hsms.map(({ name }) => name).join(' ')}.`,
})

export const downFailed = declareFinding<{ reason: string }>({
  code: 'DownFailed',
  severity: 'error',
  status: 500,
  source: 'design, decision 11',
  message: ({ reason }) => `Not everything could be taken down: ${reason}.`,
  remedy: () => 'Try again; logs/agent.log in the state directory has the reason.',
})
