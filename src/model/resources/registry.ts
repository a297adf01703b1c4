/** Every resource type we know. What is not here is refused, never silently accepted. */
import { dedicatedHsms } from './dedicated-hsms.ts'
import { haGroups } from './ha-groups.ts'
import { networkInterfaces } from './network-interfaces.ts'
import { networkSecurityGroups } from './network-security-groups.ts'
import { publicIpAddresses } from './public-ip-addresses.ts'
import { resourceGroups } from './resource-groups.ts'
import type { ResourceType } from './resource-type.ts'
import { routeTables } from './route-tables.ts'
import { subnets } from './subnets.ts'
import { virtualMachines } from './virtual-machines.ts'
import { virtualNetworkGateways } from './virtual-network-gateways.ts'
import { virtualNetworks } from './virtual-networks.ts'

export const resourceTypes: readonly ResourceType[] = [
  resourceGroups,
  virtualNetworks,
  subnets,
  networkSecurityGroups,
  routeTables,
  publicIpAddresses,
  networkInterfaces,
  virtualNetworkGateways,
  virtualMachines,
  dedicatedHsms,
  haGroups,
]

const byKey = new Map(resourceTypes.map(type => [type.type.toLowerCase(), type]))

/** By its name in any case. */
export function findResourceType(type: string): ResourceType | undefined {
  return byKey.get(type.toLowerCase())
}
