/** HA groups: what the clients of their hosts show as slots must be told apart (design, decision 10). */
import { haGroupLabelTaken, haGroupMemberTaken, haGroupRepeats } from '../findings/ha-group.ts'
import { ofType, type Rule } from './rule.ts'

export const haGroups: Rule = function* ({ after, put }) {
  for (const document of ofType(put, 'Hsmnet.Local/haGroups')) {
    const group = after.haGroups.get(document.key)
    if (!group) continue
    for (const list of [group.hosts, group.members]) {
      const repeated = list.find((id, at) => list.indexOf(id) !== at)
      if (repeated !== undefined) yield haGroupRepeats(document.id, { id: repeated })
    }
    for (const [key, other] of after.haGroups) {
      const host = key === document.key ? undefined : other.hosts.find(id => group.hosts.includes(id))
      if (host === undefined) continue
      const where = { host, other: other.document.id }
      // The label is the token's name, and applications choose tokens by it.
      if (other.document.name.toLowerCase() === document.name.toLowerCase()) yield haGroupLabelTaken(document.id, where)
      const member = other.members.find(id => group.members.includes(id))
      // A device gives a client one partition, so two groups would show the same one twice.
      if (member !== undefined) yield haGroupMemberTaken(document.id, { ...where, member })
    }
  }
}
