/** Subnets: place, size, overlap, use, delegation and what may be attached (azure-facts C2, C3; J1.10, J1.11, J1.13, J1.15). */
import { covers, formatPrefix, overlaps } from '../../base/net/prefix.ts'
import { gatewaySubnetDelegated } from '../findings/gateway.ts'
import {
  delegationInUse,
  delegationsTooMany,
  delegationUnknown,
  foreignInHsmSubnet,
  groupOnGatewaySubnet,
  policyOnHsmSubnet,
  subnetInvalid,
  subnetPrefixInUse,
  subnetsOverlap,
} from '../findings/network.ts'
import { HSM_DELEGATION } from '../resources/subnets.ts'
import { isGatewaySubnet, isHsmSubnet } from '../topology/subnet-roles.ts'
import { subnetUsers } from '../topology/subnet-users.ts'
import { ofType, type Rule } from './rule.ts'

/** Every subnet of every VNet that the change touches: a smaller address space may leave a subnet outside. */
export const subnetPlacement: Rule = function* ({ after, put }) {
  const networks = new Set<string>()
  for (const document of ofType(put, 'Microsoft.Network/virtualNetworks')) networks.add(document.key)
  for (const document of ofType(put, 'Microsoft.Network/virtualNetworks/subnets')) {
    const network = after.subnets.get(document.key)?.virtualNetwork
    if (network !== undefined) networks.add(network)
  }
  for (const key of networks) {
    const network = after.virtualNetworks.get(key)
    if (!network) continue
    const { name } = network.document
    for (const [at, subnet] of network.subnets.entries()) {
      const { prefix, document } = subnet
      if (!network.prefixes.some(outer => covers(outer, prefix))) {
        const reason = `its IP address range ${formatPrefix(prefix)} is outside the IP address range of the virtual network`
        yield subnetInvalid(document.id, { subnet: document.name, network: name, reason })
      }
      if (prefix.length > 29) {
        const reason = `${formatPrefix(prefix)} is smaller than /29, the smallest that leaves usable addresses`
        yield subnetInvalid(document.id, { subnet: document.name, network: name, reason })
      }
      if (prefix.length < 8) {
        const reason = `${formatPrefix(prefix)} is larger than /8, the largest that a subnet can be`
        yield subnetInvalid(document.id, { subnet: document.name, network: name, reason })
      }
      const twin = network.subnets.slice(0, at).find(other => overlaps(other.prefix, prefix))
      if (twin) {
        yield subnetsOverlap(document.id, { subnet: document.name, other: twin.document.name, network: name })
      }
    }
  }
}

export const subnetChanges: Rule = function* ({ before, after, put }) {
  for (const document of ofType(put, 'Microsoft.Network/virtualNetworks/subnets')) {
    const was = before.subnets.get(document.key)
    const is = after.subnets.get(document.key)
    const [user] = subnetUsers(before, document.key)
    if (!was || !is || !user) continue
    if (formatPrefix(was.prefix) !== formatPrefix(is.prefix)) {
      yield subnetPrefixInUse(document.id, { subnet: document.id, user: user.id })
    }
    if (isHsmSubnet(was) !== isHsmSubnet(is)) {
      const names = { was: was.delegations.join(', '), is: is.delegations.join(', ') }
      yield delegationInUse(document.id, { subnet: document.id, user: user.id, ...names })
    }
  }
}

export const subnetAttachments: Rule = function* ({ after, put }) {
  for (const document of ofType(put, 'Microsoft.Network/virtualNetworks/subnets')) {
    const subnet = after.subnets.get(document.key)
    if (!subnet) continue
    if (subnet.delegations.length > 1) yield delegationsTooMany(document.id, { subnet: document.id })
    for (const service of subnet.delegations) {
      if (service.toLowerCase() !== HSM_DELEGATION.toLowerCase()) yield delegationUnknown(document.id, { service })
    }
    if (isGatewaySubnet(subnet)) {
      if (subnet.networkSecurityGroup) yield groupOnGatewaySubnet(document.id, { group: subnet.networkSecurityGroup })
      if (subnet.delegations.length > 0) yield gatewaySubnetDelegated(document.id, { subnet: document.id })
    }
    if (!isHsmSubnet(subnet)) continue
    if (subnet.networkSecurityGroup !== null) {
      const what = 'network security group'
      yield policyOnHsmSubnet(document.id, { subnet: document.id, what, id: subnet.networkSecurityGroup })
    }
    if (subnet.routeTable !== null) {
      yield policyOnHsmSubnet(document.id, { subnet: document.id, what: 'route table', id: subnet.routeTable })
    }
  }
}

/** A NIC in a subnet that takes only devices (azure-facts A1.8; J1.12). */
export const exclusiveSubnets: Rule = function* ({ after, put }) {
  for (const document of ofType(put, 'Microsoft.Network/networkInterfaces')) {
    const nic = after.networkInterfaces.get(document.key)
    const subnet = nic && after.subnets.get(nic.subnet)
    if (subnet && nic.managedBy === null && isHsmSubnet(subnet)) {
      yield foreignInHsmSubnet(document.id, { subnet: subnet.document.id })
    }
  }
}
