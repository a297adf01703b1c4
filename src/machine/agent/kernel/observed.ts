/** What `ip` and `nft` print about one namespace → its state. Pure. */
import { observedFilter } from './filter.ts'
import type { LinkState, NamespaceState } from './namespace-state.ts'
import { routeLine, ruleLine } from './routes.ts'

/** Numbers of /etc/iproute2/rt_protos, rt_scopes and rtnetlink.h: `-N` prints them whatever a machine names them. */
const LOCAL_TABLE = '255'
const BY_PEOPLE: Readonly<Record<string, string>> = { 3: 'boot', 4: 'static' }
const LINK_SCOPE = '253'
const ROUTE_TYPES: Readonly<Record<string, string>> = { 6: 'blackhole', 7: 'unreachable', 8: 'prohibit', 9: 'throw' }

interface IpLink {
  readonly ifindex: number
  readonly link_index?: number
  readonly ifname: string
  readonly flags: readonly string[]
  readonly mtu: number
  readonly address?: string
  readonly ifalias?: string
}

interface IpAddress {
  readonly ifname: string
  readonly addr_info: readonly { readonly local?: string; readonly prefixlen?: number }[]
}

interface IpRoute {
  readonly type?: string
  readonly dst: string
  readonly gateway?: string
  readonly dev?: string
  readonly table?: string
  readonly protocol?: string
  readonly scope?: string
  readonly metric?: number
  readonly flags?: readonly string[]
}

interface IpRule {
  readonly priority: number
  readonly fwmark?: string
  readonly iif?: string
  readonly table?: string
}

/**
 * Reads the output of the observation script: a line `path:value` a setting that exists, then the four answers of
 * `ip`, then that of `nft` where there is a table. `paths` are the settings asked for.
 *
 * @throws when the output has another form: an `ip` or `nft` that this was not written for.
 */
export function parseObservation(output: string, paths: readonly string[]): NamespaceState {
  const lines = output.split('\n')
  const values = new Map(lines.filter(line => line.startsWith('net/')).map(readSetting))
  const answers = lines.filter(line => line.startsWith('[') || line.startsWith('{'))
  const [links, addresses, routes, rules, filter] = answers.map((line): unknown => JSON.parse(line))
  return {
    links: linkStates(listOf<IpLink>(links)),
    addresses: addressLines(listOf<IpAddress>(addresses)),
    routes: routeLines(listOf<IpRoute>(routes)),
    rules: ruleLines(listOf<IpRule>(rules)),
    settings: new Map(paths.map(path => [path, values.get(path) ?? ''])),
    filter: observedFilter(filter ?? {}),
  }
}

function readSetting(line: string): [string, string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon), line.slice(colon + 1).replace(/\s+/g, ' ')]
}

function listOf<T>(answer: unknown): readonly T[] {
  if (!Array.isArray(answer)) throw new Error('ip answered no list')
  return answer as readonly T[]
}

function linkStates(links: readonly IpLink[]): ReadonlyMap<string, LinkState> {
  return new Map(
    links.map(link => [
      link.ifname,
      {
        mac: link.address ?? '',
        mtu: link.mtu,
        up: link.flags.includes('UP'),
        arp: !link.flags.includes('NOARP'),
        alias: link.ifalias ?? '',
        index: link.ifindex,
        ...(link.link_index === undefined ? {} : { peer: link.link_index }),
      },
    ]),
  )
}

function addressLines(devices: readonly IpAddress[]): ReadonlySet<string> {
  const lines = devices.flatMap(device =>
    device.addr_info
      // `ip -4` leaves empty objects in the place of other families; 127.0.0.1 comes with the loopback.
      .filter(info => info.local !== undefined && !info.local.startsWith('127.'))
      .map(info => `${info.local}/${info.prefixlen} dev ${device.ifname}`),
  )
  return new Set(lines)
}

/** Routes that the kernel made by itself, or a routing daemon, are not ours to judge. */
function routeLines(routes: readonly IpRoute[]): ReadonlySet<string> {
  const lines = routes
    .filter(route => route.table !== LOCAL_TABLE && (route.protocol ?? '') in BY_PEOPLE)
    .map(route =>
      routeLine({
        ...(route.type === undefined || route.type === '1' ? {} : { type: ROUTE_TYPES[route.type] ?? route.type }),
        prefix: route.dst === 'default' ? '0.0.0.0/0' : route.dst,
        ...(route.gateway ? { via: route.gateway } : {}),
        // Some kernels name the loopback as the device of an unreachable route.
        ...(route.dev && (route.type === undefined || route.type === '1') ? { device: route.dev } : {}),
        onlink: route.flags?.includes('onlink') ?? false,
        linkScope: route.scope === LINK_SCOPE,
        ...(route.metric ? { metric: route.metric } : {}),
        table: Number(route.table ?? '254'),
        protocol: BY_PEOPLE[route.protocol ?? ''] ?? '',
      }),
    )
  return new Set(lines)
}

function ruleLines(rules: readonly IpRule[]): ReadonlySet<string> {
  return new Set(
    rules.map(rule =>
      ruleLine({
        preference: rule.priority,
        ...(rule.fwmark === undefined ? {} : { mark: Number(rule.fwmark) }),
        ...(rule.iif === undefined ? {} : { iif: rule.iif }),
        table: Number(rule.table),
      }),
    ),
  )
}
