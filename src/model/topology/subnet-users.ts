/** Who takes an address of a subnet. */
import type { Topology } from './topology.ts'

export interface SubnetUser {
  /** The id of the resource, as written. */
  readonly id: string
  readonly key: string
  readonly kind: 'networkInterface' | 'gateway' | 'hsm'
  readonly address: string
}

const indexes = new WeakMap<Topology, ReadonlyMap<string, readonly SubnetUser[]>>()
const NONE: readonly SubnetUser[] = []

/** The users of a subnet; a companion NIC stands for nothing beside its HSM. */
export function subnetUsers(topology: Topology, subnet: string): readonly SubnetUser[] {
  let index = indexes.get(topology)
  if (index === undefined) {
    index = indexUsers(topology)
    indexes.set(topology, index)
  }
  return index.get(subnet) ?? NONE
}

function indexUsers(topology: Topology): ReadonlyMap<string, readonly SubnetUser[]> {
  const users = new Map<string, SubnetUser[]>()
  const add = (subnet: string, user: SubnetUser) => {
    const list = users.get(subnet)
    if (list) list.push(user)
    else users.set(subnet, [user])
  }
  for (const [key, nic] of topology.networkInterfaces) {
    if (nic.managedBy !== null) continue
    add(nic.subnet, { id: nic.document.id, key, kind: 'networkInterface', address: nic.address })
  }
  for (const [key, gateway] of topology.gateways) {
    add(gateway.subnet, { id: gateway.document.id, key, kind: 'gateway', address: gateway.address })
  }
  for (const [key, hsm] of topology.hsms) {
    add(hsm.subnet, { id: hsm.document.id, key, kind: 'hsm', address: hsm.address })
  }
  return users
}
