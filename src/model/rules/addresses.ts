/** Private addresses: inside the subnet, not reserved, not taken, in the region of the VNet (azure-facts C2; J1.3, J1.7). */

import type { Finding } from '../../base/findings/finding.ts'
import { formatAddress, parseAddress } from '../../base/net/address.ts'
import { contains, formatPrefix, lastAddress, type Prefix } from '../../base/net/prefix.ts'
import {
  addressNotInSubnet,
  addressReserved,
  addressTaken,
  foreignInGatewaySubnet,
  regionsDiffer,
} from '../findings/network.ts'
import type { Document } from '../resources/document.ts'
import { isGatewaySubnet } from '../topology/subnet-roles.ts'
import { subnetUsers } from '../topology/subnet-users.ts'
import { type Topology, virtualNetworkOf } from '../topology/topology.ts'
import { ofType, type Rule } from './rule.ts'

/** The first four addresses and the last of every subnet (azure-facts C2.1). */
export function isReserved(prefix: Prefix, address: number): boolean {
  return address - prefix.first < 4 || address === lastAddress(prefix)
}

/** The lowest address of a subnet that is neither reserved nor taken; null where it is full. */
export function firstFreeAddress(topology: Topology, subnet: string): string | null {
  const prefix = topology.subnets.get(subnet)?.prefix
  if (!prefix) return null
  const taken = new Set(subnetUsers(topology, subnet).map(user => user.address))
  for (let address = prefix.first + 4; address < lastAddress(prefix); address++) {
    const text = formatAddress(address)
    if (!taken.has(text)) return text
  }
  return null
}

/** The findings on one resource's address in its subnet. */
export function* addressFindings(
  topology: Topology,
  document: Document,
  subnet: string,
  address: string,
): Generator<Finding> {
  const prefix = topology.subnets.get(subnet)?.prefix
  const parsed = parseAddress(address)
  if (!prefix || !parsed.ok) return
  const where = { address, prefix: formatPrefix(prefix) }
  if (!contains(prefix, parsed.value)) yield addressNotInSubnet(document.id, where)
  else if (isReserved(prefix, parsed.value)) yield addressReserved(document.id, where)
  const twin = subnetUsers(topology, subnet).find(user => user.address === address && user.key !== document.key)
  if (twin) yield addressTaken(document.id, { address, user: twin.id })
}

export const interfaces: Rule = function* ({ after, put }) {
  for (const document of ofType(put, 'Microsoft.Network/networkInterfaces')) {
    const nic = after.networkInterfaces.get(document.key)
    if (!nic || nic.managedBy !== null) continue
    yield* addressFindings(after, document, nic.subnet, nic.address)
    const subnet = after.subnets.get(nic.subnet)
    if (subnet && isGatewaySubnet(subnet)) yield foreignInGatewaySubnet(document.id, { subnet: subnet.document.id })
    const network = virtualNetworkOf(after, nic.subnet)
    if (network && network.location !== document.location) {
      yield regionsDiffer(document.id, {
        what: 'network interface',
        location: document.location ?? '',
        network: network.document.id,
        networkLocation: network.location,
      })
    }
  }
}
