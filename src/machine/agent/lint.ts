/**
 * What the closed schema cannot say of a plan: that everything it refers to exists and fits. The agent believes nobody,
 * so it checks this itself before a single change. Pure.
 */
import { parseAddress } from '../../base/net/address.ts'
import { contains, parsePrefix, prefixOf } from '../../base/net/prefix.ts'
import { hashName } from '../../base/process/state.ts'
import type { Plan, PlanDaemon, PlanPort, PlanRoute, PlanRouter } from '../../model/plan/plan.ts'
import { tableNumber } from './kernel/names.ts'
import { type PlanElements, planElements } from './plan-elements.ts'

/** One thing wrong with a plan. */
export interface PlanFault {
  /** The id of the element. */
  readonly subject: string
  readonly message: string
}

/** Which routers a link may join (design, decision 7); a payShield's stamp is joined to the VNet (azure-facts B1.6). */
const JOINED_ROLES = new Set(['vnet vnet', 'gateway vnet', 'gateway stamp', 'stamp vnet'])

/** Where each kind of endpoint is plugged in. */
const ROUTER_OF_ENDPOINT = { host: 'vnet', appliance: 'stamp' } as const

/** Everything wrong with the plan; empty when an agent may realise it. */
export function lintPlan(plan: Plan): PlanFault[] {
  const elements = planElements(plan)
  const index: Index = {
    ...elements,
    router: byId(elements.routers),
    link: byId(elements.links),
    port: byId(elements.ports),
    endpoint: byId(elements.endpoints),
  }
  return [
    ...Object.entries(plan.parts).flatMap(([key, part]) =>
      key === part.id ? [] : [{ subject: key, message: `the part under this key calls itself ${part.id}` }],
    ),
    // Nothing of a plan is ever a path; a third lock on that door, for fields whose own form allows two dots.
    ...(JSON.stringify(plan).includes('..') ? [{ subject: 'plan', message: 'a field holds ".."' }] : []),
    ...sharedIds(elements),
    ...machines(elements),
    ...elements.routers.flatMap(router => routerFaults(router, index)),
    ...elements.links.flatMap(link => linkFaults(link.id, link.ends, index)),
    ...elements.ports.flatMap(port => portFaults(port, index)),
    ...elements.daemons.flatMap(daemon => daemonFaults(daemon, index)),
    ...sharedAddresses(elements),
    ...sharedEndpoints(elements.daemons),
  ]
}

interface Index extends PlanElements {
  readonly router: ReadonlyMap<string, PlanRouter>
  readonly link: ReadonlyMap<string, PlanElements['links'][number]>
  readonly port: ReadonlyMap<string, PlanPort>
  readonly endpoint: ReadonlyMap<string, PlanElements['endpoints'][number]>
}

function byId<T extends { readonly id: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.map(item => [item.id, item]))
}

/** Kernel names come from hashes of ids: two ids with one hash would be one object. */
function sharedIds({ routers, links, ports, endpoints, daemons }: PlanElements): PlanFault[] {
  const ids = [...routers, ...links, ...ports, ...endpoints, ...daemons].map(element => element.id)
  return repeated(ids, hashName).map(id => ({ subject: id, message: 'this id, or its hash, is used twice' }))
}

function machines({ routers, endpoints, daemons }: PlanElements): PlanFault[] {
  const located = [...routers, ...endpoints, ...daemons]
  const first = located[0]?.machine
  return located
    .filter(element => element.machine !== first)
    .map(element => ({ subject: element.id, message: `is on ${element.machine}, but this slice is that of ${first}` }))
}

function routerFaults(router: PlanRouter, index: Index): PlanFault[] {
  const faults = [
    ...router.prefixes.flatMap(notAPrefix),
    ...routeFaults(router.main, router, index),
    ...router.tables.flatMap(table => [
      ...routeFaults(table.routes, router, index),
      ...(table.ingress.kind === 'link' ? notAtRouter(table.ingress.link, router, index) : []),
    ]),
    ...repeated(
      router.tables.map(table => JSON.stringify(table.ingress)),
      it => it,
    ).map(ingress => `two tables for ${ingress}`),
    ...repeated(
      router.tables.map(table => table.id),
      id => String(tableNumber(id)),
    ).map(id => `two tables with the number of ${id}`),
  ]
  return faults.map(message => ({ subject: router.id, message }))
}

function routeFaults(routes: readonly PlanRoute[], router: PlanRouter, index: Index): string[] {
  return [
    ...routes.flatMap(({ prefix, to }) => [
      ...notAPrefix(prefix),
      ...(to.kind === 'link' ? notAtRouter(to.link, router, index) : []),
      ...(to.kind === 'port' && index.port.get(to.port)?.router !== router.id
        ? [`the route to ${prefix} names port ${to.port}, which is not at this router`]
        : []),
    ]),
    ...repeated(
      routes.map(route => route.prefix),
      it => it,
    ).map(prefix => `two routes to ${prefix} in one table`),
  ]
}

function notAtRouter(link: string, router: PlanRouter, index: Index): string[] {
  return index.link.get(link)?.ends.includes(router.id) ? [] : [`link ${link} does not end at this router`]
}

function notAPrefix(text: string): string[] {
  const prefix = parsePrefix(text)
  return prefix.ok ? [] : [prefix.reason]
}

function linkFaults(id: string, [a, b]: readonly [string, string], index: Index): PlanFault[] {
  const [one, other] = [index.router.get(a), index.router.get(b)]
  if (!one || !other) return [{ subject: id, message: 'an end is not a router of the plan' }]
  if (a === b) return [{ subject: id, message: 'both ends are the same router' }]
  const roles = [one.role, other.role].toSorted().join(' ')
  return JOINED_ROLES.has(roles)
    ? []
    : [{ subject: id, message: `a link does not join ${roles.replace(' ', ' and ')}` }]
}

function portFaults(port: PlanPort, index: Index): PlanFault[] {
  const router = index.router.get(port.router)
  const endpoint = index.endpoint.get(port.endpoint)
  const address = parseAddress(port.address)
  const gateway = parseAddress(port.gateway)
  const network = address.ok ? prefixOf(address.value, port.prefixLength) : null
  const messages = [
    ...(router ? [] : [`router ${port.router} is not in the plan`]),
    ...(endpoint ? [] : [`endpoint ${port.endpoint} is not in the plan`]),
    ...(router && endpoint && router.role !== ROUTER_OF_ENDPOINT[endpoint.kind]
      ? [`a ${endpoint.kind} is not plugged into a ${router.role} router`]
      : []),
    ...(network && gateway.ok && contains(network, gateway.value) && port.gateway !== port.address
      ? []
      : [`gateway ${port.gateway} is not another address of the network of ${port.address}/${port.prefixLength}`]),
    // The lowest bit of the first octet marks a group address.
    ...(Number.parseInt(port.mac.slice(0, 2), 16) % 2 === 0 ? [] : [`${port.mac} is not the address of one interface`]),
  ]
  return messages.map(message => ({ subject: port.id, message }))
}

function daemonFaults(daemon: PlanDaemon, index: Index): PlanFault[] {
  const endpoint = index.endpoint.get(daemon.endpoint)
  const kind = daemon.kind === 'appliance' ? 'appliance' : 'host'
  if (endpoint?.kind !== kind) return [{ subject: daemon.id, message: `${daemon.endpoint} is not an endpoint for it` }]
  if (daemon.kind === 'client') return []
  const own = index.ports.filter(port => port.endpoint === daemon.endpoint).map(port => port.address)
  return own.includes(daemon.address)
    ? []
    : [{ subject: daemon.id, message: `${daemon.address} is not an address of its endpoint` }]
}

/** An address means one interface to a router, and one in all of a VNet. */
function sharedAddresses({ ports, routers }: PlanElements): PlanFault[] {
  return routers.flatMap(router => {
    const own = ports.filter(port => port.router === router.id).map(port => port.address)
    return repeated([...own, ...router.addresses], it => it).map(address => ({
      subject: router.id,
      message: `${address} is there twice`,
    }))
  })
}

/** A device is one process, and a host has one client: their directories are named after the endpoint. */
function sharedEndpoints(daemons: readonly PlanDaemon[]): PlanFault[] {
  return repeated(
    daemons.map(daemon => daemon.endpoint),
    it => it,
  ).map(endpoint => ({ subject: endpoint, message: 'has two daemons' }))
}

function repeated(values: readonly string[], key: (value: string) => string): string[] {
  const seen = new Set<string>()
  return values.filter(value => {
    const before = seen.size
    return seen.add(key(value)).size === before
  })
}
