/** Facts → the state of each element of the plan. Pure: nothing is said of an element that was not seen. */
import type { Plan } from '../../model/plan/plan.ts'
import type { DeviceState, ElementState, ElementStatus, Probe } from '../../model/plan/status.ts'
import type { Changes } from './kernel/diff.ts'
import { namespaceName } from './kernel/names.ts'
import type { Layout, Pair } from './kernel/namespace-state.ts'
import { planElements } from './plan-elements.ts'
import type { ProcessFacts } from './processes/supervisor.ts'

export interface Facts {
  readonly owner: string
  readonly plan: Plan
  readonly layout: Layout
  /** What still differs from the layout; null before the first look. */
  readonly missing: Changes | null
  /** Whether something is being done about it. */
  readonly busy: boolean
  /** What went wrong when it was last tried: namespace → words. '' is outside every namespace. */
  readonly errors: ReadonlyMap<string, string>
  readonly process: (id: string) => ProcessFacts
  readonly probes: ReadonlyMap<string, Probe>
  /** Daemons whose path has passed a probe since it last changed; those without a place to probe from count too. */
  readonly reached: ReadonlySet<string>
  readonly devices: ReadonlyMap<string, DeviceState>
}

/** A status that has not been dated yet. */
export type UndatedStatus = Omit<ElementStatus, 'since'>

interface Judgement {
  readonly state: ElementState
  readonly message?: string
}

const READY: Judgement = { state: 'ready' }
const PENDING: Judgement = { state: 'pending' }
const STARTING: Judgement = { state: 'starting' }

export function elementStatuses(facts: Facts): UndatedStatus[] {
  const { routers, links, ports, endpoints, daemons } = planElements(facts.plan)
  const pairs = new Map(facts.layout.pairs.map(pair => [pair.id, pair]))
  const of = (element: { readonly id: string; readonly resource: string }, judgement: Judgement): UndatedStatus => ({
    id: element.id,
    resource: element.resource,
    ...judgement,
  })
  return [
    ...routers.map(router => of(router, namespaceState(router.id, facts))),
    ...[...links, ...ports].map(element => of(element, pairState(pairs.get(element.id), facts))),
    ...endpoints.map(endpoint => {
      const namespace = namespaceState(endpoint.id, facts)
      if (endpoint.kind === 'appliance' || namespace.state !== 'ready') return of(endpoint, namespace)
      return of(endpoint, processState(facts.process(endpoint.id), facts))
    }),
    ...daemons.map(daemon => {
      const probe = facts.probes.get(daemon.id)
      const device = facts.devices.get(daemon.id)
      return {
        ...of(daemon, facts.missing === null ? PENDING : daemonState(daemon, facts)),
        ...(probe ? { probe } : {}),
        ...(device ? { device } : {}),
      }
    }),
  ]
}

function namespaceState(id: string, facts: Facts): Judgement {
  const { owner, missing, errors } = facts
  if (missing === null) return PENDING
  const name = namespaceName(owner, id)
  const wrong = missing.namespacesNew.includes(name) || missing.inside.some(change => change.namespace === name)
  return wrong ? unmade(errors.get(name) ?? errors.get(''), facts) : READY
}

function pairState(pair: Pair | undefined, facts: Facts): Judgement {
  const { missing, errors } = facts
  if (missing === null || !pair) return PENDING
  const wrong =
    missing.pairsNew.some(({ id }) => id === pair.id) ||
    pair.ends.some(end =>
      missing.inside.some(
        change =>
          change.namespace === end.namespace && change.set.some(line => line.startsWith(`link set ${end.name} `)),
      ),
    )
  return wrong ? unmade(errors.get('') ?? errors.get(pair.ends[0].namespace), facts) : READY
}

function unmade(error: string | undefined, { busy }: Facts): Judgement {
  if (error !== undefined) return { state: 'failed', message: error }
  return busy ? STARTING : PENDING
}

function processState({ process, ready, failure, tried }: ProcessFacts, { busy }: Facts): Judgement {
  if (process && ready) return READY
  if (failure !== null) return { state: 'failed', message: failure }
  return process || tried || busy ? STARTING : PENDING
}

function daemonState(daemon: { readonly id: string; readonly kind: string }, facts: Facts): Judgement {
  const state = processState(facts.process(daemon.id), facts)
  if (state.state !== 'ready' || daemon.kind !== 'appliance' || facts.reached.has(daemon.id)) return state
  return { state: 'starting', message: 'it runs, but no connection through the network has reached it yet' }
}
