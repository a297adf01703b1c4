/** Resource ids as the template language composes them; they compare without regard to case (arm-protocol 4). */

/** Where a deployment lands: a resource group, a subscription, a management group, or the tenant when all are absent. */
export interface DeploymentScope {
  readonly subscriptionId?: string | undefined
  readonly resourceGroup?: string | undefined
  readonly managementGroup?: string | undefined
}

/** The id of a scope, which the ids of its resources begin with; '' for the tenant. */
export function scopeId(scope: DeploymentScope): string {
  if (scope.managementGroup !== undefined) {
    return `/providers/Microsoft.Management/managementGroups/${scope.managementGroup}`
  }
  if (scope.subscriptionId === undefined) return ''
  const subscription = `/subscriptions/${scope.subscriptionId}`
  return scope.resourceGroup === undefined ? subscription : `${subscription}/resourceGroups/${scope.resourceGroup}`
}

/**
 * The id of a resource under a scope id. A type `Namespace/a/b` takes the names of an `a` and a `b`.
 * Undefined where the names do not match the type's segments.
 */
export function resourceIdIn(scope: string, type: string, names: readonly string[]): string | undefined {
  const [namespace = '', ...segments] = trimSlashes(type).split('/')
  if (segments.length === 0 || segments.length !== names.length) return undefined
  return `${scope}/providers/${namespace}${segments.map((segment, i) => `/${segment}/${names[i]}`).join('')}`
}

/** One spelling for ids that mean the same resource: what maps are keyed by. */
export function idKey(id: string): string {
  return trimSlashes(id.toLowerCase().replaceAll(/\/{2,}/g, '/')).replace(
    /^subscriptions\/([^/]+)\/providers\/microsoft\.resources\/resourcegroups\/([^/]+)$/,
    'subscriptions/$1/resourcegroups/$2',
  )
}

/** The subscription and resource group in an id, where it has them. */
export function scopeOf(id: string): DeploymentScope {
  const [first, subscriptionId, second, resourceGroup] = trimSlashes(id).split('/')
  if (first?.toLowerCase() !== 'subscriptions') return {}
  return second?.toLowerCase() === 'resourcegroups' ? { subscriptionId, resourceGroup } : { subscriptionId }
}

function trimSlashes(text: string): string {
  return text.replace(/^\/+/, '').replace(/\/+$/, '')
}
