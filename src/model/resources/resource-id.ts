/** ARM resource ids (azure-facts C6.8). They compare case-insensitively; the first spelling seen is kept for display. */
import { type Parsed, parsed, unparsed } from '../../base/findings/parsed.ts'

export interface ResourceId {
  /** As written. */
  readonly text: string
  /** Lower case: the key of every map in the product. */
  readonly key: string
  readonly subscription: string
  readonly resourceGroup: string
  /** `Microsoft.Network/virtualNetworks/subnets`. */
  readonly type: string
  readonly name: string
  /** Of a child: the resource that holds it. */
  readonly parent: string | null
}

const GROUP_TYPE = 'Microsoft.Resources/resourceGroups'

/** `/subscriptions/{s}/resourceGroups/{g}` with, for all but a group, `/providers/{namespace}/{type}/{name}…`. */
export function parseResourceId(text: string): Parsed<ResourceId> {
  if (!text.startsWith('/')) return unparsed("must start with '/subscriptions/{subscriptionId}'")
  const segments = text.slice(1).split('/')
  if (segments.some(segment => segment === '')) return unparsed("holds an empty segment ('//' or a '/' at its end)")
  const [subscriptions, subscription, groups, group, providers, namespace, ...rest] = segments
  if (subscriptions?.toLowerCase() !== 'subscriptions' || subscription === undefined) {
    return unparsed("must start with '/subscriptions/{subscriptionId}'")
  }
  if (groups?.toLowerCase() !== 'resourcegroups' || group === undefined) {
    return unparsed("must name a resource group: '/subscriptions/{subscriptionId}/resourceGroups/{name}/…'")
  }
  const base = { text, key: text.toLowerCase(), subscription, resourceGroup: group }
  if (providers === undefined) return parsed({ ...base, type: GROUP_TYPE, name: group, parent: null })
  if (
    providers.toLowerCase() !== 'providers' ||
    namespace === undefined ||
    rest.length === 0 ||
    rest.length % 2 !== 0
  ) {
    return unparsed("must end in '/providers/{namespace}/{type}/{name}' with as many names as types")
  }
  return parsed({
    ...base,
    type: [namespace, ...rest.filter((_, at) => at % 2 === 0)].join('/'),
    name: rest[rest.length - 1] ?? '',
    parent: rest.length > 2 ? `/${segments.slice(0, -2).join('/')}` : null,
  })
}

/** The id of a resource group. */
export function groupId(subscription: string, name: string): string {
  return `/subscriptions/${subscription}/resourceGroups/${name}`
}

/** The key of the group that holds a resource, from its id's key. */
export function groupKeyOf(key: string): string {
  return key.split('/').slice(0, 5).join('/')
}

/** The key of a child's parent: its id without the last type and name. */
export function parentKeyOf(key: string): string {
  return key.split('/').slice(0, -2).join('/')
}

export function sameId(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
