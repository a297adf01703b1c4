/**
 * Names of kernel objects. Each is derived from the owner mark and a hash of the plan id, so that nothing a user chose
 * reaches the kernel, and an element keeps its name while it lives.
 */
import { hashName } from '../../../base/process/state.ts'

/** Every namespace of this instance begins so, and no namespace of anybody else. */
export function namespacePrefix(owner: string): string {
  return `hsmnet-${owner}-`
}

export function namespaceName(owner: string, id: string): string {
  return namespacePrefix(owner) + hashName(id)
}

/** Both ends of a link between routers have this name: they are in different namespaces. */
export function wireName(linkId: string): string {
  return `w${hashName(linkId)}`
}

/** The router's end of a NIC. */
export function portName(portId: string): string {
  return `p${hashName(portId)}`
}

export function isWire(name: string): boolean {
  return /^w[0-9a-f]{10}$/.test(name)
}

/** True for names that `wireName`, `portName` and NICs (`eth0`, …) take in namespaces of ours. */
export function isOurLinkName(name: string): boolean {
  return /^(?:[pw][0-9a-f]{10}|eth\d+)$/.test(name)
}

/** A locally administered unicast address. */
export function hashedMac(id: string): string {
  return `02:${(hashName(id).match(/../g) ?? []).join(':')}`
}

/** What a person sees in `ip link`. The kernel keeps 255 characters; `ip -batch` takes `#` for a comment. */
export function linkAlias(owner: string, id: string): string {
  return `hsmnet:${owner}:${id}`.replaceAll('#', '+').slice(0, 255)
}

/**
 * The number of a routing table, and the packet mark that selects it: above all numbers that people and
 * distributions use, below 2^29. `lintPlan` refuses a plan in which two tables of a router would share one.
 */
export function tableNumber(tableId: string): number {
  return 0x1000_0000 + Number.parseInt(hashName(tableId, 7), 16)
}
