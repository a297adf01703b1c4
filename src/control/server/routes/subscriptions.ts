/** Subscriptions, their locations and providers: what clients ask before they ask for anything. */
import type { FastifyInstance } from 'fastify'
import { REGIONS } from '../../../model/resources/regions.ts'
import { resourceTypes } from '../../../model/resources/registry.ts'
import type { ServerContext } from '../http.ts'

export function subscriptionRoutes(server: FastifyInstance, { subscriptionId }: ServerContext): void {
  const subscription = {
    id: `/subscriptions/${subscriptionId}`,
    subscriptionId,
    displayName: 'hsmnet',
    state: 'Enabled',
    authorizationSource: 'RoleBased',
    subscriptionPolicies: {},
  }
  server.get('/subscriptions', () => ({ value: [subscription] }))
  server.get('/subscriptions/:s', () => subscription)
  server.get('/subscriptions/:s/locations', () => ({
    value: REGIONS.map(name => ({ id: `${subscription.id}/locations/${name}`, name, displayName: name })),
  }))
  server.get('/subscriptions/:s/providers', () => ({ value: providers(subscription.id) }))
  server.get<{ Params: { namespace: string } }>('/subscriptions/:s/providers/:namespace', (request, reply) => {
    const wanted = request.params.namespace.toLowerCase()
    const found = providers(subscription.id).find(({ namespace }) => namespace.toLowerCase() === wanted)
    return found ?? reply.callNotFound()
  })
}

function providers(subscription: string) {
  const byNamespace = Map.groupBy(resourceTypes, ({ type }) => type.split('/')[0] ?? '')
  return [...byNamespace].map(([namespace, types]) => ({
    id: `${subscription}/providers/${namespace}`,
    namespace,
    registrationState: 'Registered',
    resourceTypes: types.map(({ type, apiVersions }) => ({
      resourceType: type.slice(namespace.length + 1),
      locations: REGIONS,
      apiVersions,
    })),
  }))
}
