/** A VNet and its subnets share one etag (arm-protocol 3.4): a change of one is a change of all. */
import type { DocumentChange } from '../../model/resources/document.ts'
import { parentKeyOf } from '../../model/resources/resource-id.ts'
import type { Choices } from './choices.ts'
import type { World } from './world.ts'

/** The changes, and with them those of the VNets whose subnets they touch. */
export function withNetworkEtag(
  world: World,
  changes: readonly DocumentChange[],
  choices: Choices,
): readonly DocumentChange[] {
  const touched = new Set(changes.map(({ document }) => document.key))
  const networks = new Set(
    changes
      .filter(({ document }) => document.type === 'Microsoft.Network/virtualNetworks/subnets')
      .map(({ document }) => parentKeyOf(document.key)),
  )
  const more = [...networks].flatMap((key): DocumentChange[] => {
    const network = world.documents.get('Microsoft.Network/virtualNetworks', key)
    if (!network || touched.has(key)) return []
    return [{ kind: 'put', document: { ...network, assigned: { ...network.assigned, etag: choices.guid() } } }]
  })
  return [...changes, ...more]
}
