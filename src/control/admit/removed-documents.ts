/** What a DELETE takes with it, and what a refused DELETE of a group says. */
import type { Finding } from '../../base/findings/finding.ts'
import { groupHoldsHsms } from '../../model/findings/hsm.ts'
import { groupIsReferenced } from '../../model/findings/request.ts'
import type { Document } from '../../model/resources/document.ts'
import type { ResourceId } from '../../model/resources/resource-id.ts'
import type { Change } from '../../model/rules/rule.ts'
import { referencesOf } from '../../model/topology/references.ts'
import type { World } from './world.ts'

/** The document, its children, and companions that it made. Empty where it does not exist: a DELETE is then 204. */
export function removedDocuments(world: World, id: ResourceId): Document[] {
  const document = world.documents.get(id.type, id.key)
  if (!document) return []
  const removed = [...world.documents.below(document.key)]
  const makers = new Set(removed.map(({ key }) => key))
  const companions = [...world.documents.ofType('Microsoft.Network/networkInterfaces').values()].filter(
    ({ assigned, key }) => assigned.managedBy !== undefined && makers.has(assigned.managedBy) && !makers.has(key),
  )
  return [...removed, ...companions]
}

/**
 * A group goes whole or not at all: one finding that lists what blocks (azure-facts A8.16, A9.6; J2.6). Real Azure would
 * orphan the device.
 */
export function groupFindings(id: ResourceId, change: Change, findings: readonly Finding[]): readonly Finding[] {
  const errors = findings.filter(finding => finding.severity === 'error')
  if (errors.length === 0) return findings
  const devices = errors.filter(({ code }) => code === 'HsmNotZeroized' || code === 'HsmStateUnknown')
  if (devices.length > 0) {
    return [groupHoldsHsms(id.text, { group: id.name, hsms: devices.map(({ subject }) => subject) }, errors)]
  }
  return [groupIsReferenced(id.text, { group: id.name, users: usersOf(change) }, errors)]
}

/** What stays and refers to something that goes. */
function usersOf({ documents, removed }: Change): string[] {
  const gone = new Set(removed.map(({ key }) => key))
  return [...documents.all()]
    .filter(document => referencesOf(document).some(({ id }) => gone.has(id.toLowerCase())))
    .map(({ id }) => id)
}
