/**
 * Kernel settings of a namespace: paths below /proc/sys. A namespace takes IPv4 settings from the machine it is on
 * (systemd sets rp_filter 2 there), so each is set whatever the kernel's default. `default` also changes every
 * interface that was not set by name.
 */
import type { NamespaceKind } from './namespace-state.ts'

const BOTH = ['all', 'default'] as const

const EVERYWHERE: readonly (readonly [string, string])[] = BOTH.flatMap(scope => [
  [`net/ipv4/conf/${scope}/send_redirects`, '0'] as const,
  [`net/ipv4/conf/${scope}/accept_redirects`, '0'] as const,
  [`net/ipv6/conf/${scope}/disable_ipv6`, '1'] as const,
])

const ROUTER: readonly (readonly [string, string])[] = [
  ...EVERYWHERE,
  ['net/ipv4/ip_forward', '1'],
  // The default answers one `unreachable` a second: of quick connects nine in ten then time out (recipes/netns 6).
  ['net/ipv4/icmp_ratelimit', '0'],
  ...BOTH.flatMap(scope => [
    [`net/ipv4/conf/${scope}/rp_filter`, '0'] as const,
    // A wire whose far end is dead must not be a black hole (recipes/netns 4).
    [`net/ipv4/conf/${scope}/ignore_routes_with_linkdown`, '1'] as const,
  ]),
  // NICs ask for their neighbours and gateway; the router answers for all. Wires ask nothing: ARP is off there.
  ['net/ipv4/conf/default/proxy_arp', '1'],
]

export function routerSettings(ports: readonly string[]): ReadonlyMap<string, string> {
  // Proxied answers are held back up to 0.8 s by default, and a namespace has no neigh/default (recipes/netns 1).
  const prompt = ports.map(port => [`net/ipv4/neigh/${port}/proxy_delay`, '0'] as const)
  return new Map([...ROUTER, ...prompt])
}

/**
 * Hosts and appliances hold no capability: `ping` needs the group range, and port 22 of a device needs the other.
 * `lastGroup` is the highest group id that the agent's user namespace knows; the kernel refuses a range beyond it.
 */
export function endpointSettings(
  kind: Exclude<NamespaceKind, 'router'>,
  lastGroup: number,
): ReadonlyMap<string, string> {
  return new Map([
    ...EVERYWHERE,
    ['net/ipv4/ip_forward', '0'],
    ['net/ipv4/ping_group_range', `0 ${lastGroup}`],
    ...(kind === 'appliance' ? [['net/ipv4/ip_unprivileged_port_start', '0'] as const] : []),
  ])
}
