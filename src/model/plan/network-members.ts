/** What stands in each VNet, found in one pass over the topology and sorted by key. */
import type { Gateway } from '../topology/gateway.ts'
import type { HaGroup } from '../topology/ha-group.ts'
import type { Host } from '../topology/host.ts'
import type { Hsm } from '../topology/hsm.ts'
import type { NetworkInterface } from '../topology/network-interface.ts'
import type { Topology } from '../topology/topology.ts'
import type { VirtualNetwork } from '../topology/virtual-network.ts'

export interface GroupOfHost {
  readonly group: HaGroup
  readonly members: readonly Hsm[]
}

export interface HostOfNetwork {
  readonly host: Host
  readonly nic: NetworkInterface
  readonly groups: readonly GroupOfHost[]
}

export interface NetworkMembers {
  readonly network: VirtualNetwork
  readonly gateways: readonly Gateway[]
  readonly hsms: readonly Hsm[]
  readonly hosts: readonly HostOfNetwork[]
}

/** By the key of the VNet. A resource whose references lead nowhere stands in no network. */
export function indexTopology(topology: Topology): ReadonlyMap<string, NetworkMembers> {
  const networkOf = (subnet: string) => topology.subnets.get(subnet)?.virtualNetwork ?? ''
  const gateways = Map.groupBy(sorted(topology.gateways), gateway => networkOf(gateway.subnet))
  const hsms = Map.groupBy(sorted(topology.hsms), hsm => networkOf(hsm.subnet))
  const groupsByHost = new Map<string, GroupOfHost[]>()
  for (const group of sorted(topology.haGroups)) {
    const members = group.members.flatMap(member => topology.hsms.get(member) ?? [])
    if (members.length === 0) continue
    for (const host of group.hosts) groupsByHost.set(host, [...(groupsByHost.get(host) ?? []), { group, members }])
  }
  const hosts = new Map<string, HostOfNetwork[]>()
  for (const host of sorted(topology.hosts)) {
    const nic = topology.networkInterfaces.get(host.networkInterface)
    if (!nic) continue
    const network = networkOf(nic.subnet)
    const entry = { host, nic, groups: groupsByHost.get(host.document.key) ?? [] }
    const list = hosts.get(network)
    if (list) list.push(entry)
    else hosts.set(network, [entry])
  }
  return new Map(
    [...topology.virtualNetworks].map(([key, network]) => [
      key,
      { network, gateways: gateways.get(key) ?? [], hsms: hsms.get(key) ?? [], hosts: hosts.get(key) ?? [] },
    ]),
  )
}

function sorted<T>(map: ReadonlyMap<string, T>): T[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, value]) => value)
}
