/** A VNet's prefixes (azure-facts C1). */
import { formatPrefix, overlaps, type Prefix, parsePrefix } from '../../base/net/prefix.ts'
import { addressSpaceForbidden, addressSpaceOverlaps } from '../findings/network.ts'
import { ofType, type Rule } from './rule.ts'

/** azure-facts C1.3. */
const FORBIDDEN: readonly Prefix[] = [
  '224.0.0.0/4',
  '255.255.255.255/32',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '168.63.129.16/32',
].flatMap(text => {
  const prefix = parsePrefix(text)
  return prefix.ok ? [prefix.value] : []
})

export const addressSpace: Rule = function* ({ after, put }) {
  for (const document of ofType(put, 'Microsoft.Network/virtualNetworks')) {
    const prefixes = after.virtualNetworks.get(document.key)?.prefixes ?? []
    for (const [at, prefix] of prefixes.entries()) {
      const forbidden = FORBIDDEN.find(other => overlaps(prefix, other))
      if (forbidden) {
        yield addressSpaceForbidden(document.id, { prefix: formatPrefix(prefix), forbidden: formatPrefix(forbidden) })
      }
      const twin = prefixes.slice(0, at).find(other => overlaps(prefix, other))
      if (twin) {
        yield addressSpaceOverlaps(document.id, { first: formatPrefix(twin), second: formatPrefix(prefix) })
      }
    }
  }
}
