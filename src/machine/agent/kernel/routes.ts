/** Routes and rules of the plan as lines of `ip`, in the one order of words that `observed.ts` writes too. */
import type { PlanPort, PlanRoute, PlanRouter, PlanTable } from '../../../model/plan/plan.ts'
import { portName, tableNumber, wireName } from './names.ts'
import { MAIN_TABLE } from './namespace-state.ts'

/** The far end of a wire. It is on no interface: `onlink` needs an address, not a neighbour (recipes/netns). */
const FAR_END = '169.254.0.1'

/** The metric of the last resort: below every route that somebody wants. */
const LAST_RESORT = 4278198272

export interface RouteWords {
  readonly type?: string
  readonly prefix: string
  readonly via?: string
  readonly device?: string
  readonly onlink?: boolean
  readonly linkScope?: boolean
  readonly metric?: number
  readonly table: number
  /** Who made it; ours are `static`. */
  readonly protocol?: string
}

/** One route, without the verb. A /32 and 0.0.0.0/0 are written as the kernel writes them. */
export function routeLine(route: RouteWords): string {
  const words = [
    ...(route.type ? [route.type] : []),
    route.prefix === '0.0.0.0/0' ? 'default' : route.prefix.replace(/\/32$/, ''),
    ...(route.via ? ['via', route.via] : []),
    ...(route.device ? ['dev', route.device] : []),
    ...(route.onlink ? ['onlink'] : []),
    ...(route.linkScope ? ['scope', 'link'] : []),
    ...(route.metric ? ['metric', route.metric] : []),
    'table',
    route.table,
    'proto',
    route.protocol ?? 'static',
  ]
  return words.join(' ')
}

/** The main table: one /32 a port, the router's own routes, and `unreachable` for the rest of its prefixes. */
export function mainRoutes(router: PlanRouter, ports: readonly PlanPort[]): string[] {
  const byId = new Map(ports.map(port => [port.id, port]))
  return [
    ...ports.map(port => toPort(`${port.address}/32`, port, MAIN_TABLE)),
    ...router.main.map(route => plannedRoute(route, byId, MAIN_TABLE)),
    ...router.prefixes.map(prefix => lastResort(prefix, MAIN_TABLE)),
  ]
}

/** A table of an ingress. What it does not route is unreachable: it never falls through to another table unasked. */
export function tableRoutes(table: PlanTable, ports: ReadonlyMap<string, PlanPort>): string[] {
  const number = tableNumber(table.id)
  const hasDefault = table.routes.some(route => route.prefix === '0.0.0.0/0')
  return [
    ...table.routes.map(route => plannedRoute(route, ports, number)),
    ...(hasDefault ? [] : [lastResort('0.0.0.0/0', number)]),
  ]
}

/** Which packets look up which table: a subnet by mark, a link by its interface, the router's own by `iif lo`. */
export function routerRules(tables: readonly PlanTable[]): string[] {
  return tables.map(({ id, ingress }) => tableRule(ingress, tableNumber(id)))
}

function tableRule(ingress: PlanTable['ingress'], table: number): string {
  switch (ingress.kind) {
    case 'subnet':
      return ruleLine({ preference: 100, mark: table, table })
    case 'link':
      return ruleLine({ preference: 200, iif: wireName(ingress.link), table })
    case 'self':
      return ruleLine({ preference: 300, iif: 'lo', table })
  }
}

export interface RuleWords {
  readonly preference: number
  readonly mark?: number
  readonly iif?: string
  readonly table: number
}

/** One rule, without the verb. */
export function ruleLine({ preference, mark, iif, table }: RuleWords): string {
  const selector = [...(mark === undefined ? [] : ['fwmark', mark]), ...(iif === undefined ? [] : ['iif', iif])]
  return ['pref', preference, ...selector, 'lookup', table].join(' ')
}

function plannedRoute({ prefix, to }: PlanRoute, ports: ReadonlyMap<string, PlanPort>, table: number): string {
  switch (to.kind) {
    case 'link':
      return routeLine({ prefix, via: FAR_END, device: wireName(to.link), onlink: true, table })
    case 'port': {
      const port = ports.get(to.port)
      if (!port) throw new Error(`route to ${prefix} names a port of another router: ${to.port}`)
      return toPort(prefix, port, table)
    }
    case 'unreachable':
    case 'throw':
      return routeLine({ type: to.kind, prefix, table })
  }
}

/** To the NIC itself, or through it as a next hop. */
function toPort(prefix: string, port: PlanPort, table: number): string {
  const device = portName(port.id)
  return prefix === `${port.address}/32`
    ? routeLine({ prefix, device, linkScope: true, table })
    : routeLine({ prefix, via: port.address, device, onlink: true, table })
}

function lastResort(prefix: string, table: number): string {
  return routeLine({ type: 'unreachable', prefix, metric: LAST_RESORT, table })
}
