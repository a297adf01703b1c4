/**
 * A network namespace as data. What the plan wants and what the kernel has take the same form, so that a difference is
 * a difference of sets. Addresses, routes and rules are lines as `ip` takes them after `add`, in one canonical order of
 * words; settings are paths below /proc/sys.
 */

export interface LinkState {
  readonly mac: string
  readonly mtu: number
  readonly up: boolean
  readonly arp: boolean
  readonly alias: string
  /** Interface numbers of this end and of its peer; only an observed link has them. */
  readonly index?: number
  readonly peer?: number
}

export interface NamespaceState {
  readonly links: ReadonlyMap<string, LinkState>
  /** `10.2.0.1/32 dev lo` */
  readonly addresses: ReadonlySet<string>
  /** `10.2.1.4 via 169.254.0.1 dev w1 onlink table 254 proto static` */
  readonly routes: ReadonlySet<string>
  /** `pref 200 iif w1 lookup 268435457` */
  readonly rules: ReadonlySet<string>
  /** '' where this kernel has no such setting. */
  readonly settings: ReadonlyMap<string, string>
  /** The nft table of ours in canonical form (`canonicalFilter`), or '' for none. */
  readonly filter: string
}

/** One end of a veth pair. */
export interface PairEnd {
  readonly namespace: string
  readonly name: string
  readonly mac: string
}

/** A veth pair, made in both of its namespaces at once: a wire between routers or a NIC and its port. */
export interface Pair {
  /** The plan id of the link or port. */
  readonly id: string
  readonly mtu: number
  readonly ends: readonly [PairEnd, PairEnd]
}

/** What a namespace is for: `router` forwards; the others are ends. */
export type NamespaceKind = 'router' | 'host' | 'appliance'

export interface NamespaceLayout extends NamespaceState {
  readonly name: string
  /** The plan id of the router or endpoint. */
  readonly id: string
  readonly kind: NamespaceKind
}

/** Everything of a plan that the kernel holds. */
export interface Layout {
  readonly namespaces: ReadonlyMap<string, NamespaceLayout>
  readonly pairs: readonly Pair[]
}

/** Table numbers that the kernel itself gives a meaning. */
export const MAIN_TABLE = 254

/** The rules that every namespace is born with, and that ours keep. */
export const KERNEL_RULES = ['pref 0 lookup 255', 'pref 32766 lookup 254', 'pref 32767 lookup 253'] as const

/** The loopback interface once it is up. */
export const LOOPBACK_UP: LinkState = { mac: '00:00:00:00:00:00', mtu: 65536, up: true, arp: true, alias: '' }

/** A namespace just made. */
export const NEW_NAMESPACE: NamespaceState = {
  links: new Map([['lo', { ...LOOPBACK_UP, up: false }]]),
  addresses: new Set(),
  routes: new Set(),
  rules: new Set(KERNEL_RULES),
  settings: new Map(),
  filter: '',
}
