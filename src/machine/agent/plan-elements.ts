/** The elements of all parts of a plan in one list a kind, in an order that does not depend on the map's. */
import type { Plan, PlanDaemon, PlanEndpoint, PlanLink, PlanPart, PlanPort, PlanRouter } from '../../model/plan/plan.ts'

export interface PlanElements {
  readonly routers: readonly PlanRouter[]
  readonly links: readonly PlanLink[]
  readonly ports: readonly PlanPort[]
  readonly endpoints: readonly PlanEndpoint[]
  readonly daemons: readonly PlanDaemon[]
}

export function planElements(plan: Plan): PlanElements {
  const parts: PlanPart[] = Object.values(plan.parts).toSorted((a, b) => (a.id < b.id ? -1 : 1))
  return {
    routers: parts.flatMap(part => part.routers),
    links: parts.flatMap(part => part.links),
    ports: parts.flatMap(part => part.ports),
    endpoints: parts.flatMap(part => part.endpoints),
    daemons: parts.flatMap(part => part.daemons),
  }
}
