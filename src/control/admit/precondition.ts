/** If-Match and If-None-Match (RFC 9110 13.1), judged in the same moment as the change they guard. */
import type { Finding } from '../../base/findings/finding.ts'
import { preconditionFailed } from '../../model/findings/request.ts'
import type { ResourceId } from '../../model/resources/resource-id.ts'
import type { World } from './world.ts'

export interface Precondition {
  /** As sent: etags divided by commas, or `*`. */
  readonly ifMatch?: string
  readonly ifNoneMatch?: string
}

export function unmetPrecondition(
  world: World,
  id: ResourceId,
  { ifMatch, ifNoneMatch }: Precondition,
): Finding | null {
  const present = world.documents.get(id.type, id.key)
  const network = world.topology.subnets.get(id.key)?.virtualNetwork ?? ''
  const actual = (world.topology.virtualNetworks.get(network)?.document ?? present)?.assigned.etag
  if (ifMatch !== undefined && !matches(ifMatch, actual)) {
    return preconditionFailed(id.text, { given: ifMatch, actual: actual ?? '(there is no such resource)' })
  }
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, actual)) {
    return preconditionFailed(id.text, { given: `If-None-Match: ${ifNoneMatch}`, actual: actual ?? '' })
  }
  return null
}

function matches(given: string, actual: string | undefined): boolean {
  if (actual === undefined) return false
  if (given.trim() === '*') return true
  return given.split(',').some(one => one.trim().replace(/^W\//, '').replaceAll('"', '') === actual)
}
