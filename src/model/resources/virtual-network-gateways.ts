/** Microsoft.Network/virtualNetworkGateways (azure-facts E1). Gateways of type ExpressRoute join HSMs to a VNet. */
import { z } from 'zod'
import { NETWORK_NAME, type ResourceType } from './resource-type.ts'
import { bodyOf, ipConfiguration } from './shapes.ts'

/** azure-facts E1.4. */
export const EXPRESS_ROUTE_SKUS: readonly string[] = [
  'Standard',
  'HighPerformance',
  'UltraPerformance',
  'ErGw1AZ',
  'ErGw2AZ',
  'ErGw3AZ',
  'ErGwScale',
]

const properties = z.looseObject({
  gatewayType: z.enum(['ExpressRoute', 'Vpn']),
  sku: z.looseObject({ name: z.string(), tier: z.string().optional() }),
  ipConfigurations: z.array(ipConfiguration).length(1, 'must hold exactly one ip configuration'),
})

export type VirtualNetworkGatewayProperties = z.infer<typeof properties>

export const virtualNetworkGateways: ResourceType = {
  type: 'Microsoft.Network/virtualNetworkGateways',
  name: NETWORK_NAME,
  apiVersions: ['2024-03-01', '2023-09-01', '2021-08-01'],
  schema: bodyOf(properties),
  readOnly: ['resourceGuid', 'inboundDnsForwardingEndpoint'],
  longRunning: 'asyncOperation',
  located: true,
}
