/** How far a resource has come, from the elements of the plan that it wants and the last that was seen of each. */
import { type CompiledPlan, elementsWanted } from '../../model/plan/compile.ts'
import type { ElementStatus } from '../../model/plan/status.ts'
import type { Document } from '../../model/resources/document.ts'
import { parentKeyOf } from '../../model/resources/resource-id.ts'
import type { Topology } from '../../model/topology/topology.ts'

export interface Observed {
  /** The plan revision that the statuses speak of. */
  readonly revision: number
  readonly elements: ReadonlyMap<string, ElementStatus>
  readonly settled: boolean
  /** When the last status came, ISO 8601; null before the first. */
  readonly at: string | null
}

export const NOTHING_OBSERVED: Observed = { revision: -1, elements: new Map(), settled: false, at: null }

export interface Readiness {
  readonly state: 'Succeeded' | 'Updating' | 'Failed'
  /** Of a failure: what the machine said. */
  readonly message: string | null
  readonly elements: readonly ElementStatus[]
}

/** What `readinessOf` looks at besides the document. */
export interface Standing {
  readonly plan: CompiledPlan
  readonly topology: Topology
  /** The revision at which each part of the plan changed last. */
  readonly changedAt: ReadonlyMap<string, number>
  readonly observed: Observed
}

/**
 * `Succeeded` only when every element is seen to stand at the revision that changed its part last, or where the
 * document wants nothing built.
 */
export function readinessOf(document: Document, standing: Standing): Readiness {
  const wanted = wantedIds(document, standing)
  const elements: ElementStatus[] = []
  let pending = false
  for (const { part, ids } of wanted) {
    const stale = standing.observed.revision < (standing.changedAt.get(part) ?? 0)
    for (const id of ids) {
      const status = standing.observed.elements.get(id)
      if (status) elements.push(status)
      if (stale || !status || (status.state !== 'ready' && status.state !== 'failed')) pending = true
    }
  }
  const failed = elements.find(({ state }) => state === 'failed')
  if (pending) return { state: 'Updating', message: null, elements }
  if (failed) return { state: 'Failed', message: failed.message ?? 'it could not be built', elements }
  return { state: 'Succeeded', message: null, elements }
}

function wantedIds({ type, key, assigned }: Document, { plan, topology }: Standing) {
  switch (type) {
    case 'Microsoft.Network/virtualNetworks/subnets':
      return routersOf(plan, parentKeyOf(key))
    case 'Microsoft.Network/virtualNetworks':
      return routersOf(plan, key)
    case 'Microsoft.Network/networkInterfaces':
      return elementsWanted(plan, assigned.managedBy ?? key)
    case 'Hsmnet.Local/haGroups': {
      const group = topology.haGroups.get(key)
      return (group?.hosts ?? []).flatMap(host =>
        elementsWanted(plan, host).map(({ part, ids }) => ({ part, ids: ids.filter(id => id.endsWith('#client')) })),
      )
    }
    case 'Microsoft.Compute/virtualMachines':
      // Whether the client beside its applications serves is the HA group's to say.
      return elementsWanted(plan, key).map(({ part, ids }) => ({
        part,
        ids: ids.filter(id => !id.endsWith('#client')),
      }))
    default:
      return elementsWanted(plan, key)
  }
}

function routersOf(plan: CompiledPlan, network: string) {
  return elementsWanted(plan, network)
}
