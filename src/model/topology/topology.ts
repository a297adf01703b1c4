/**
 * The topology: all documents linked and typed. Pure data; what a document names and is not there is a missing link,
 * which rules report and the plan leaves out.
 */
import type { Document, DocumentSet } from '../resources/document.ts'
import { type Gateway, linkGateway } from './gateway.ts'
import { type HaGroup, linkHaGroup } from './ha-group.ts'
import { type Host, linkHost } from './host.ts'
import { type Hsm, linkHsm } from './hsm.ts'
import { linkNetworkInterface, type NetworkInterface } from './network-interface.ts'
import { linkSubnet, type Subnet } from './subnet.ts'
import { linkVirtualNetwork, type VirtualNetwork } from './virtual-network.ts'

/** By key. */
export interface Topology {
  readonly virtualNetworks: ReadonlyMap<string, VirtualNetwork>
  readonly subnets: ReadonlyMap<string, Subnet>
  readonly gateways: ReadonlyMap<string, Gateway>
  readonly networkInterfaces: ReadonlyMap<string, NetworkInterface>
  readonly hosts: ReadonlyMap<string, Host>
  readonly hsms: ReadonlyMap<string, Hsm>
  readonly haGroups: ReadonlyMap<string, HaGroup>
}

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

/** The VNet of a subnet's key; undefined where either is missing. */
export function virtualNetworkOf(topology: Topology, subnet: string): VirtualNetwork | undefined {
  const found = topology.subnets.get(subnet)
  return found && topology.virtualNetworks.get(found.virtualNetwork)
}

function mapOf<T>(documents: ReadonlyMap<string, Document>, link: (document: Document) => T): ReadonlyMap<string, T> {
  return new Map([...documents].map(([key, document]) => [key, link(document)]))
}
