/** Documents → topology. */
import { type Prefix, parsePrefix } from '../../base/net/prefix.ts'
import type { DedicatedHsmProperties } from '../resources/dedicated-hsms.ts'
import type { Document, DocumentSet } from '../resources/document.ts'
import type { HaGroupProperties } from '../resources/ha-groups.ts'
import type { NetworkInterfaceProperties } from '../resources/network-interfaces.ts'
import { parentKeyOf } from '../resources/resource-id.ts'
import type { SubnetProperties } from '../resources/subnets.ts'
import type { VirtualMachineProperties } from '../resources/virtual-machines.ts'
import type { VirtualNetworkGatewayProperties } from '../resources/virtual-network-gateways.ts'
import type { VirtualNetworkProperties } from '../resources/virtual-networks.ts'
import { hostnameOf } from './hostname.ts'
import type { Gateway, HaGroup, Host, Hsm, NetworkInterface, Subnet, Topology, VirtualNetwork } from './topology.ts'

/** Links every document that acts. Documents are admitted, so their properties have the shapes of their schemas. */
export function linkTopology(documents: DocumentSet): Topology {
  const subnets = mapOf(documents.ofType('Microsoft.Network/virtualNetworks/subnets'), linkSubnet)
  const byNetwork = Map.groupBy(subnets.values(), subnet => subnet.virtualNetwork)
  return {
    subnets,
    virtualNetworks: mapOf(documents.ofType('Microsoft.Network/virtualNetworks'), document =>
      linkVirtualNetwork(document, byNetwork.get(document.key) ?? []),
    ),
    gateways: mapOf(documents.ofType('Microsoft.Network/virtualNetworkGateways'), linkGateway),
    networkInterfaces: mapOf(documents.ofType('Microsoft.Network/networkInterfaces'), linkNetworkInterface),
    hosts: mapOf(documents.ofType('Microsoft.Compute/virtualMachines'), linkHost),
    hsms: mapOf(documents.ofType('Microsoft.HardwareSecurityModules/dedicatedHSMs'), linkHsm),
    haGroups: mapOf(documents.ofType('Hsmnet.Local/haGroups'), linkHaGroup),
  }
}

function linkVirtualNetwork(document: Document, subnets: readonly Subnet[]): VirtualNetwork {
  const { addressSpace } = propertiesOf<VirtualNetworkProperties>(document)
  return {
    document,
    location: document.location ?? '',
    prefixes: addressSpace.addressPrefixes.map(prefixOf),
    subnets,
  }
}

const linkSubnet = remembered((document): Subnet => {
  const properties = propertiesOf<SubnetProperties>(document)
  return {
    document,
    virtualNetwork: parentKeyOf(document.key),
    prefix: prefixOf(properties.addressPrefix),
    delegations: properties.delegations.map(delegation => delegation.properties.serviceName),
    networkSecurityGroup: keyOf(properties.networkSecurityGroup),
    routeTable: keyOf(properties.routeTable),
  }
})

const linkGateway = remembered((document): Gateway => {
  const properties = propertiesOf<VirtualNetworkGatewayProperties>(document)
  const configuration = properties.ipConfigurations[0]
  return {
    document,
    type: properties.gatewayType,
    subnet: keyOf(configuration?.properties.subnet) ?? '',
    publicIpAddress: keyOf(configuration?.properties.publicIPAddress),
    address: document.assigned.addresses?.[configuration?.name ?? ''] ?? '',
  }
})

const linkNetworkInterface = remembered((document): NetworkInterface => {
  const configuration = propertiesOf<NetworkInterfaceProperties>(document).ipConfigurations[0]
  return {
    document,
    subnet: keyOf(configuration?.properties.subnet) ?? '',
    address: document.assigned.addresses?.[configuration?.name ?? ''] ?? '',
    mac: document.assigned.mac ?? '',
    managedBy: document.assigned.managedBy ?? null,
  }
})

const linkHost = remembered((document): Host => {
  const { networkProfile, osProfile } = propertiesOf<VirtualMachineProperties>(document)
  return {
    document,
    networkInterface: keyOf(networkProfile.networkInterfaces[0]) ?? '',
    hostname: hostnameOf(osProfile?.computerName ?? document.name),
  }
})

const linkHsm = remembered((document): Hsm => {
  const { networkProfile } = propertiesOf<DedicatedHsmProperties>(document)
  const { addresses, stamp, serial, mac } = document.assigned
  return {
    document,
    subnet: keyOf(networkProfile.subnet) ?? '',
    stamp: stamp ?? '',
    address: addresses?.[''] ?? '',
    serial: serial ?? '',
    mac: mac ?? '',
    hostname: hostnameOf(document.name),
  }
})

const linkHaGroup = remembered((document): HaGroup => {
  const { members, hosts } = propertiesOf<HaGroupProperties>(document)
  return {
    document,
    members: members.map(member => member.id.toLowerCase()),
    hosts: hosts.map(host => host.id.toLowerCase()),
    serial: document.assigned.serial ?? '',
  }
})

/** A document never changes, so what was linked of it is linked for good: a PUT links only what it brings. */
function remembered<T>(link: (document: Document) => T): (document: Document) => T {
  const known = new WeakMap<Document, T>()
  return document => {
    const before = known.get(document)
    if (before !== undefined) return before
    const linked = link(document)
    known.set(document, linked)
    return linked
  }
}

/** The schema that admitted a document gave its properties this shape; documents cross no other border. */
function propertiesOf<T>(document: Document): T {
  return document.properties as unknown as T
}

function prefixOf(text: string): Prefix {
  const result = parsePrefix(text)
  if (!result.ok) throw new Error(`an admitted document holds the prefix '${text}': ${result.reason}`)
  return result.value
}

function keyOf(reference: { readonly id: string } | null | undefined): string | null {
  return reference ? reference.id.toLowerCase() : null
}

function mapOf<T>(documents: ReadonlyMap<string, Document>, link: (document: Document) => T): ReadonlyMap<string, T> {
  return new Map([...documents].map(([key, document]) => [key, link(document)]))
}
