/**
 * Plan → what the kernel shall hold (design, decisions 6 and 7; recipes/netns p1, p2, p3). Pure: the same plan and
 * owner give the same layout, and nothing here asks what stands already.
 */
import type { Plan, PlanEndpoint, PlanPort, PlanRouter } from '../../../model/plan/plan.ts'
import { planElements } from '../plan-elements.ts'
import { routerFilter } from './filter.ts'
import { hashedMac, linkAlias, namespaceName, portName, wireName } from './names.ts'
import {
  KERNEL_RULES,
  type Layout,
  type LinkState,
  LOOPBACK_UP,
  MAIN_TABLE,
  type NamespaceLayout,
  type Pair,
} from './namespace-state.ts'
import { mainRoutes, routeLine, routerRules, tableRoutes } from './routes.ts'
import { endpointSettings, routerSettings } from './settings.ts'

/** Legs between routers; NICs bring the MTU that the plan gives them, 1400 as in Azure. */
const WIRE_MTU = 1500

export interface LayoutContext {
  readonly owner: string
  /** The highest group id that exists in the agent's user namespace: 0 in a rootless instance. */
  readonly lastGroup: number
}

interface Nic {
  readonly port: PlanPort
  /** `eth0` for the first NIC of an endpoint in plan order, and so on. */
  readonly name: string
}

/** Everything of the plan that is namespaces, links, addresses, routes, rules, settings and filters. */
export function layoutPlan(plan: Plan, context: LayoutContext): Layout {
  const { routers, links, ports, endpoints } = planElements(plan)
  const name = (id: string) => namespaceName(context.owner, id)
  const nics = nicsByEndpoint(ports)

  const wires = links.map((link): Pair => {
    const [a, b] = link.ends
    // One MAC for both ends: with ARP off a frame then always bears the address of its receiver.
    const end = (router: string) => ({ namespace: name(router), name: wireName(link.id), mac: hashedMac(link.id) })
    return { id: link.id, mtu: WIRE_MTU, ends: [end(a), end(b)] }
  })
  const cables = [...nics.values()].flat().map(
    ({ port, name: nic }): Pair => ({
      id: port.id,
      mtu: port.mtu,
      ends: [
        { namespace: name(port.router), name: portName(port.id), mac: hashedMac(port.id) },
        { namespace: name(port.endpoint), name: nic, mac: port.mac },
      ],
    }),
  )
  const linksOf = linkStates([...wires, ...cables], wires.length, context.owner)

  const namespaces = [
    ...routers.map(router => routerLayout(router, ports, name(router.id), linksOf)),
    ...endpoints.map(endpoint =>
      endpointLayout(endpoint, nics.get(endpoint.id) ?? [], name(endpoint.id), linksOf, context),
    ),
  ]
  return {
    namespaces: new Map(namespaces.map(namespace => [namespace.name, namespace])),
    pairs: [...wires, ...cables],
  }
}

function nicsByEndpoint(ports: readonly PlanPort[]): ReadonlyMap<string, readonly Nic[]> {
  const byEndpoint = Map.groupBy(ports, port => port.endpoint)
  return new Map(
    [...byEndpoint].map(([endpoint, own]) => [endpoint, own.map((port, at) => ({ port, name: `eth${at}` }))]),
  )
}

/** Namespace → its links, loopback included. The first `wires` pairs join routers: no ARP there. */
function linkStates(
  pairs: readonly Pair[],
  wires: number,
  owner: string,
): (namespace: string) => ReadonlyMap<string, LinkState> {
  const found = new Map<string, Map<string, LinkState>>()
  for (const [at, pair] of pairs.entries()) {
    for (const end of pair.ends) {
      const links = found.get(end.namespace) ?? new Map<string, LinkState>()
      const state = { mac: end.mac, mtu: pair.mtu, up: true, arp: at >= wires, alias: linkAlias(owner, pair.id) }
      found.set(end.namespace, links.set(end.name, state))
    }
  }
  return namespace => new Map([['lo', LOOPBACK_UP], ...(found.get(namespace) ?? [])])
}

function routerLayout(
  router: PlanRouter,
  allPorts: readonly PlanPort[],
  name: string,
  linksOf: (namespace: string) => ReadonlyMap<string, LinkState>,
): NamespaceLayout {
  const ports = allPorts.filter(port => port.router === router.id)
  return {
    name,
    id: router.id,
    kind: 'router',
    links: linksOf(name),
    addresses: new Set(router.addresses.map(address => `${address}/32 dev lo`)),
    routes: new Set([
      ...mainRoutes(router, ports),
      ...router.tables.flatMap(table => tableRoutes(table, new Map(ports.map(port => [port.id, port])))),
    ]),
    rules: new Set([...KERNEL_RULES, ...routerRules(router.tables)]),
    settings: routerSettings(ports.map(port => portName(port.id))),
    filter: routerFilter(router.tables, ports),
  }
}

function endpointLayout(
  endpoint: PlanEndpoint,
  nics: readonly Nic[],
  name: string,
  linksOf: (namespace: string) => ReadonlyMap<string, LinkState>,
  context: LayoutContext,
): NamespaceLayout {
  const [primary] = nics
  return {
    name,
    id: endpoint.id,
    kind: endpoint.kind,
    links: linksOf(name),
    addresses: new Set(nics.map(nic => `${nic.port.address}/${nic.port.prefixLength} dev ${nic.name}`)),
    routes: new Set(
      primary
        ? [routeLine({ prefix: '0.0.0.0/0', via: primary.port.gateway, device: primary.name, table: MAIN_TABLE })]
        : [],
    ),
    rules: new Set(KERNEL_RULES),
    settings: endpointSettings(endpoint.kind, context.lastGroup),
    filter: '',
  }
}
