/** Virtual network gateways (azure-facts C4, E1; J1.16, J1.17; J2.2). */
import type { Finding } from '../../base/findings/finding.ts'
import {
  gatewayAddressStatic,
  gatewayExists,
  gatewayHoldsHsms,
  gatewaySkuInvalid,
  gatewaySubnetName,
  gatewayTypeUnsupported,
  publicIpElsewhere,
  publicIpTaken,
} from '../findings/gateway.ts'
import { regionsDiffer } from '../findings/network.ts'
import type { Document } from '../resources/document.ts'
import { EXPRESS_ROUTE_SKUS } from '../resources/virtual-network-gateways.ts'
import type { Gateway } from '../topology/gateway.ts'
import type { Hsm } from '../topology/hsm.ts'
import { isGatewaySubnet } from '../topology/subnet-roles.ts'
import type { Topology } from '../topology/topology.ts'
import { virtualNetworkOf } from '../topology/topology.ts'
import { type Change, ofType, type Rule } from './rule.ts'

const TYPE = 'Microsoft.Network/virtualNetworkGateways'

/** The ExpressRoute gateway of a VNet, through which its HSMs are reached (azure-facts A1.11). */
export function expressRouteGatewayOf(topology: Topology, network: string): Gateway | undefined {
  for (const gateway of topology.gateways.values()) {
    if (gateway.type === 'ExpressRoute' && topology.subnets.get(gateway.subnet)?.virtualNetwork === network)
      return gateway
  }
  return undefined
}

export const gateways: Rule = function* (change) {
  const { after, put } = change

  for (const document of ofType(put, TYPE)) {
    const gateway = after.gateways.get(document.key)
    if (!gateway) continue
    if (gateway.type !== 'ExpressRoute') {
      yield gatewayTypeUnsupported(document.id, { type: gateway.type })
      continue
    }
    const sku = skuOf(document)
    if (!EXPRESS_ROUTE_SKUS.some(known => known.toLowerCase() === sku.toLowerCase())) {
      yield gatewaySkuInvalid(document.id, { sku, type: gateway.type, allowed: EXPRESS_ROUTE_SKUS })
    }
    if (gateway.allocation === 'Static') yield gatewayAddressStatic(document.id, {})
    yield* publicAddress(change, gateway)
    const subnet = after.subnets.get(gateway.subnet)
    const network = virtualNetworkOf(after, gateway.subnet)
    if (!subnet || !network) continue
    if (!isGatewaySubnet(subnet)) yield gatewaySubnetName(document.id, { subnet: subnet.document.name })
    if (network.location !== document.location) {
      yield regionsDiffer(document.id, {
        what: 'gateway',
        location: document.location ?? '',
        network: network.document.id,
        networkLocation: network.location,
      })
    }
    for (const [key, other] of after.gateways) {
      const twin = key !== document.key && other.type === gateway.type
      if (twin && after.subnets.get(other.subnet)?.virtualNetwork === network.document.key) {
        yield gatewayExists(document.id, { type: gateway.type, other: other.document.id })
      }
    }
  }
}

/** A public address serves one gateway, of its own region. */
function* publicAddress({ after, documents }: Change, gateway: Gateway): Generator<Finding> {
  const { document, publicIpAddress } = gateway
  const address = documents.get('Microsoft.Network/publicIPAddresses', publicIpAddress ?? '')
  if (!address) return
  for (const [key, other] of after.gateways) {
    if (key !== document.key && other.publicIpAddress === publicIpAddress) {
      yield publicIpTaken(document.id, { address: address.id, user: other.document.id })
    }
  }
  if (address.location !== document.location) {
    yield publicIpElsewhere(document.id, { address: address.id, location: address.location ?? '' })
  }
}

/** A gateway that HSMs are joined by is neither deleted nor moved (azure-facts A8.18). */
export const gatewaysHoldHsms: Rule = function* ({ before, after }) {
  for (const [key, gateway] of before.gateways) {
    if (gateway.type !== 'ExpressRoute' || after.gateways.get(key)?.subnet === gateway.subnet) continue
    const network = before.subnets.get(gateway.subnet)?.virtualNetwork
    const held = [...after.hsms.values()].filter(hsm => networkOf(after, hsm) === network)
    if (network !== undefined && held.length > 0) {
      const { id } = gateway.document
      yield gatewayHoldsHsms(id, { gateway: id, hsms: held.map(hsm => hsm.document.id) })
    }
  }
}

function networkOf(topology: Topology, hsm: Hsm): string | undefined {
  return topology.subnets.get(hsm.subnet)?.virtualNetwork
}

function skuOf(document: Document): string {
  const sku = document.properties.sku
  return typeof sku === 'object' && sku !== null && 'name' in sku ? String(sku.name) : ''
}
