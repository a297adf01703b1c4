/** All that is wanted: documents, linked and compiled. A value; admitting a change makes another. */
import { type CompiledPlan, compilePlan, EMPTY_PLAN } from '../../model/plan/compile.ts'
import { type DocumentChange, DocumentSet } from '../../model/resources/document.ts'
import type { Topology } from '../../model/topology/topology.ts'
import { linkTopology } from '../../model/topology/topology.ts'

export interface World {
  readonly documents: DocumentSet
  readonly topology: Topology
  readonly plan: CompiledPlan
}

export const EMPTY_WORLD: World = {
  documents: DocumentSet.empty,
  topology: linkTopology(DocumentSet.empty),
  plan: EMPTY_PLAN,
}

/** The world after changes that no rule refused; recompiles only the plan parts that they touch. */
export function changeWorld(world: World, changes: readonly DocumentChange[]): World {
  const documents = world.documents.with(changes)
  const topology = linkTopology(documents)
  return { documents, topology, plan: compilePlan(topology, world.plan) }
}
