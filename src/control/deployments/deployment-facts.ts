/** What expressions see of the deployment they stand in. */
import { createHash } from 'node:crypto'
import type { DeploymentFacts } from '../../base/template/environment.ts'
import { groupId } from '../../model/resources/resource-id.ts'
import { view } from '../view/view.ts'
import type { Viewed } from '../view/viewed.ts'

export interface DeploymentPlace {
  readonly name: string
  readonly subscriptionId: string
  readonly resourceGroup: string
  readonly correlationId: string
  readonly startedAt: string
}

/**
 * The same for every run of one deployment: after a kill it is expanded again and must come out the same, so its moment
 * is that of its start and its new GUIDs follow from its correlation id.
 */
export function deploymentFacts(place: DeploymentPlace, viewed: Viewed): DeploymentFacts {
  const { name, subscriptionId, resourceGroup, correlationId, startedAt } = place
  const id = groupId(subscriptionId, resourceGroup)
  const group = viewed.documents.get('Microsoft.Resources/resourceGroups', id)
  let guids = 0
  return {
    scope: { subscriptionId, resourceGroup },
    deployment: { name, properties: { mode: 'Incremental', provisioningState: 'Accepted', parameters: {} } },
    resourceGroup: group ? view(group, viewed) : { id, name: resourceGroup, properties: {} },
    subscription: {
      id: `/subscriptions/${subscriptionId}`,
      subscriptionId,
      tenantId: subscriptionId,
      displayName: 'hsmnet',
    },
    tenant: { tenantId: subscriptionId },
    now: new Date(startedAt),
    newGuid: () => guidOf(`${correlationId} ${++guids}`),
  }
}

function guidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
