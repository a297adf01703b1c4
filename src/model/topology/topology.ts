/**
 * The topology: all documents linked and typed. Pure data; what a document names and is not there is a missing link,
 * which rules report and the plan leaves out.
 */
import type { Prefix } from '../../base/net/prefix.ts'
import type { Document } from '../resources/document.ts'

export interface VirtualNetwork {
  readonly document: Document
  readonly location: string
  readonly prefixes: readonly Prefix[]
  readonly subnets: readonly Subnet[]
}

export interface Subnet {
  readonly document: Document
  /** The key of its VNet. */
  readonly virtualNetwork: string
  readonly prefix: Prefix
  readonly delegations: readonly string[]
  readonly networkSecurityGroup: string | null
  readonly routeTable: string | null
}

export interface Gateway {
  readonly document: Document
  readonly type: 'ExpressRoute' | 'Vpn'
  readonly subnet: string
  readonly publicIpAddress: string | null
  /** Of the GatewaySubnet. */
  readonly address: string
}

export interface NetworkInterface {
  readonly document: Document
  readonly subnet: string
  readonly address: string
  readonly mac: string
  /** The key of the HSM that made it, for a companion NIC (azure-facts A5.18). */
  readonly managedBy: string | null
}

export interface Host {
  readonly document: Document
  readonly networkInterface: string
  readonly hostname: string
}

export interface Hsm {
  readonly document: Document
  readonly subnet: string
  readonly stamp: string
  readonly address: string
  readonly serial: string
  readonly mac: string
  readonly hostname: string
}

export interface HaGroup {
  readonly document: Document
  readonly members: readonly string[]
  readonly hosts: readonly string[]
  readonly serial: string
}

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

/** The VNet of a subnet's key; undefined where either is missing. */
export function virtualNetworkOf(topology: Topology, subnet: string): VirtualNetwork | undefined {
  const found = topology.subnets.get(subnet)
  return found && topology.virtualNetworks.get(found.virtualNetwork)
}
