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
  /** The revision at which each element of the plan changed last, by id. */
  readonly changedAt: ReadonlyMap<string, number>
  readonly observed: Observed
}

/**
 * `Succeeded` only when every element is seen to stand at the revision that changed it last, or where the document wants
 * nothing built.
 */
export function readinessOf(document: Document, standing: Standing): Readiness {
  const { observed, changedAt } = standing
  const elements: ElementStatus[] = []
  let pending = false
  for (const id of wantedIds(document, standing)) {
    const status = observed.elements.get(id)
    if (status) elements.push(status)
    const stale = observed.revision < (changedAt.get(id) ?? 0)
    if (stale || !status || (status.state !== 'ready' && status.state !== 'failed')) pending = true
  }
  const failed = elements.find(({ state }) => state === 'failed')
  if (pending) return { state: 'Updating', message: null, elements }
  if (failed) return { state: 'Failed', message: failed.message ?? 'it could not be built', elements }
  return { state: 'Succeeded', message: null, elements }
}

/**
 * Whether all of a document was seen to stand, at whatever revision: what others may be built on (azure-facts A7.9). A
 * gateway that takes up one more HSM goes on standing.
 */
export function stands(document: Document, standing: Standing): boolean {
  return wantedIds(document, standing).every(id => standing.observed.elements.get(id)?.state === 'ready')
}

function wantedIds({ type, key, assigned }: Document, { plan, topology }: Standing): readonly string[] {
  switch (type) {
    case 'Microsoft.Network/virtualNetworks/subnets':
      return elementsWanted(plan, parentKeyOf(key))
    case 'Microsoft.Network/networkInterfaces':
      return elementsWanted(plan, assigned.managedBy ?? key)
    case 'Hsmnet.Local/haGroups':
      return (topology.haGroups.get(key)?.hosts ?? []).flatMap(host => elementsWanted(plan, host).filter(isClient))
    case 'Microsoft.Compute/virtualMachines':
      // Whether the client beside its applications serves is the HA group's to say.
      return elementsWanted(plan, key).filter(id => !isClient(id))
    case 'Microsoft.Network/virtualNetworkGateways':
      // Circuits and stamps come and go with HSMs, whose own readiness covers them by a probe through both.
      return elementsWanted(plan, key).filter(id => id.startsWith(`${key}#router`) || id.startsWith(`${key}#link`))
    default:
      return elementsWanted(plan, key)
  }
}

function isClient(id: string): boolean {
  return id.endsWith('#client')
}
