/**
 * Topology → plan. A part a VNet, each memoised on the documents that it is made of: a PUT compiles only the parts it
 * touches. Deterministic and stable: rows are sorted by id, and adding X changes only rows that refer to X.
 */
import type { Document } from '../resources/document.ts'
import type { Topology } from '../topology/topology.ts'
import { compileVirtualNetwork } from './compile-virtual-network.ts'
import { indexTopology, type NetworkMembers } from './network-members.ts'
import type { Plan, PlanPart } from './plan.ts'

export interface CompiledPart {
  readonly part: PlanPart
  /** The documents it was made of: equal ones, compared one by one, make an equal part. */
  readonly inputs: readonly Document[]
  /** Its elements by id, as text: two equal ones are the same wish. */
  readonly rows: ReadonlyMap<string, string>
  /** The ids of its elements, by the key of the resource that wants them. */
  readonly elements: ReadonlyMap<string, readonly string[]>
}

export interface CompiledPlan {
  readonly parts: ReadonlyMap<string, CompiledPart>
  /** How many parts this compilation made anew. */
  readonly recompiled: number
}

export const EMPTY_PLAN: CompiledPlan = { parts: new Map(), recompiled: 0 }

/** Compiles a topology, taking over from `previous` every part whose documents are the same. */
export function compilePlan(topology: Topology, previous: CompiledPlan = EMPTY_PLAN): CompiledPlan {
  const parts = new Map<string, CompiledPart>()
  let recompiled = 0
  const members = indexTopology(topology)
  for (const key of [...topology.virtualNetworks.keys()].sort()) {
    const network = members.get(key)
    if (!network) continue
    const inputs = inputsOf(network)
    const before = previous.parts.get(key)
    if (before && sameDocuments(before.inputs, inputs)) {
      parts.set(key, before)
      continue
    }
    recompiled++
    const part = compileVirtualNetwork(network)
    const elements = elementsOf(part)
    parts.set(key, {
      part,
      inputs,
      rows: new Map(elements.map(element => [element.id, JSON.stringify(element)])),
      elements: idsByResource(elements),
    })
  }
  return { parts, recompiled }
}

/** The plan itself, as an engine takes it. */
export function planOf(compiled: CompiledPlan): Plan {
  return { parts: Object.fromEntries([...compiled.parts].map(([key, { part }]) => [key, part])) }
}

/** The ids of the elements that a resource wants. */
export function elementsWanted(compiled: CompiledPlan, resource: string): readonly string[] {
  return [...compiled.parts.values()].flatMap(({ elements }) => elements.get(resource) ?? [])
}

/** Whether an element of this id is in the plan. */
export function isWanted(compiled: CompiledPlan, id: string): boolean {
  return [...compiled.parts.values()].some(({ rows }) => rows.has(id))
}

/** The ids of elements that are new, or wanted otherwise than before. */
export function elementsChanged(before: CompiledPlan, after: CompiledPlan): readonly string[] {
  const changed: string[] = []
  for (const [key, { rows }] of after.parts) {
    const earlier = before.parts.get(key)?.rows
    if (earlier === rows) continue
    for (const [id, row] of rows) if (earlier?.get(id) !== row) changed.push(id)
  }
  return changed
}

/** Whether two compilations hold the very same parts. */
export function samePlan(a: CompiledPlan, b: CompiledPlan): boolean {
  return a.parts.size === b.parts.size && [...a.parts].every(([key, part]) => b.parts.get(key) === part)
}

function inputsOf(network: NetworkMembers): Document[] {
  return [
    network.network.document,
    ...network.network.subnets.map(subnet => subnet.document),
    ...network.gateways.map(gateway => gateway.document),
    ...network.hsms.map(hsm => hsm.document),
    ...network.hosts.flatMap(({ host, nic, groups }) => [
      host.document,
      nic.document,
      ...groups.flatMap(({ group, members }) => [group.document, ...members.map(member => member.document)]),
    ]),
  ]
}

function sameDocuments(a: readonly Document[], b: readonly Document[]): boolean {
  return a.length === b.length && a.every((document, at) => document === b[at])
}

function elementsOf(part: PlanPart) {
  return [...part.routers, ...part.links, ...part.ports, ...part.endpoints, ...part.daemons]
}

function idsByResource(elements: ReturnType<typeof elementsOf>): ReadonlyMap<string, readonly string[]> {
  const byResource = Map.groupBy(elements, element => element.resource)
  return new Map([...byResource].map(([resource, own]) => [resource, own.map(element => element.id)]))
}
