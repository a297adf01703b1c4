/** A virtual network gateway (azure-facts E1). */
import type { Document } from '../resources/document.ts'
import type { VirtualNetworkGatewayProperties } from '../resources/virtual-network-gateways.ts'
import { keyOf, propertiesOf, remembered } from './linking.ts'

export interface Gateway {
  readonly document: Document
  readonly type: 'ExpressRoute' | 'Vpn'
  readonly subnet: string
  readonly publicIpAddress: string | null
  readonly allocation: 'Dynamic' | 'Static'
  /** Of the GatewaySubnet. */
  readonly address: string
}

export const linkGateway = remembered((document): Gateway => {
  const properties = propertiesOf<VirtualNetworkGatewayProperties>(document)
  const configuration = properties.ipConfigurations[0]
  return {
    document,
    type: properties.gatewayType,
    subnet: keyOf(configuration?.properties.subnet) ?? '',
    publicIpAddress: keyOf(configuration?.properties.publicIPAddress),
    allocation: configuration?.properties.privateIPAllocationMethod ?? 'Dynamic',
    address: document.assigned.address ?? '',
  }
})
