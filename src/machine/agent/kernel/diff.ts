/** Wanted against observed → the changes that make them equal. Pure; empty when they are equal. */
import { isOurLinkName, linkAlias } from './names.ts'
import {
  type Layout,
  type LinkState,
  type NamespaceLayout,
  type NamespaceState,
  NEW_NAMESPACE,
  type Pair,
} from './namespace-state.ts'

/** The namespaces of ours that exist, by name. */
export type Observed = ReadonlyMap<string, NamespaceState>

export interface LinkPlace {
  readonly namespace: string
  readonly name: string
}

/** What is to be done inside one namespace, in this order. */
export interface NamespaceChange {
  readonly namespace: string
  readonly settings: ReadonlyMap<string, string>
  /** Lines of `ip` that take something away, each with its verb. */
  readonly remove: readonly string[]
  /** Lines of `ip` that make or correct something, each with its verb. */
  readonly set: readonly string[]
  /** The nft table to put in the place of what is there; null leaves it. */
  readonly filter: string | null
}

export interface Changes {
  readonly namespacesGone: readonly string[]
  readonly linksGone: readonly LinkPlace[]
  readonly namespacesNew: readonly string[]
  readonly pairsNew: readonly Pair[]
  readonly inside: readonly NamespaceChange[]
}

export function isEmpty(changes: Changes): boolean {
  return Object.values(changes).every((list: readonly unknown[]) => list.length === 0)
}

export function diff(layout: Layout, observed: Observed, owner: string): Changes {
  const pairsNew = layout.pairs.filter(pair => !stands(pair, observed))
  const made = new Set(pairsNew.flatMap(pair => pair.ends.map(placeKey)))
  const wanted = new Set(layout.pairs.flatMap(pair => pair.ends.map(placeKey)))

  const linksGone: LinkPlace[] = []
  for (const [namespace, state] of observed) {
    if (!layout.namespaces.has(namespace)) continue
    for (const [name, link] of state.links) {
      const place = { namespace, name }
      const ours = isOurLinkName(name) || link.alias.startsWith(linkAlias(owner, ''))
      // A pair of which one end is missing or wrong is made anew, so what is left of it goes first.
      if (ours && (made.has(placeKey(place)) || !wanted.has(placeKey(place)))) linksGone.push(place)
    }
  }

  const namespacesGone = [...observed.keys()].filter(name => !layout.namespaces.has(name))
  return {
    namespacesGone,
    // The kernel takes the links of a namespace that goes all at once; one by one each takes 20 ms. What is left of
    // them shows when it is looked at again.
    linksGone: namespacesGone.length === 0 ? linksGone : linksGone.filter(place => made.has(placeKey(place))),
    namespacesNew: [...layout.namespaces.keys()].filter(name => !observed.has(name)),
    pairsNew,
    inside: [...layout.namespaces.values()].flatMap(namespace => {
      const state = observed.get(namespace.name) ?? NEW_NAMESPACE
      const gone = linksGone.filter(link => link.namespace === namespace.name).map(link => link.name)
      const change = changeInside(namespace, without(state, gone))
      return change ? [change] : []
    }),
  }
}

function placeKey(place: LinkPlace): string {
  return `${place.namespace} ${place.name}`
}

/** True when both ends are there and, as far as their numbers were observed, are each other's peer. */
function stands(pair: Pair, observed: Observed): boolean {
  const [a, b] = pair.ends.map(end => observed.get(end.namespace)?.links.get(end.name))
  if (!a || !b) return false
  // The cheap look at a host (`proc-net.ts`) sees that a NIC is there, but no numbers.
  if (a.index === undefined || b.index === undefined) return true
  return a.peer === b.index && b.peer === a.index
}

/** A namespace as it will be once these links are gone: what goes by them goes with them. */
function without(state: NamespaceState, links: readonly string[]): NamespaceState {
  if (links.length === 0) return state
  const stays = (line: string) => !links.some(link => ` ${line} `.includes(` dev ${link} `))
  return {
    ...state,
    links: new Map([...state.links].filter(([name]) => !links.includes(name))),
    addresses: new Set([...state.addresses].filter(stays)),
    routes: new Set([...state.routes].filter(stays)),
  }
}

function changeInside(wanted: NamespaceLayout, state: NamespaceState): NamespaceChange | null {
  const settings = new Map([...wanted.settings].filter(([path, value]) => needsSetting(path, value, state)))
  const remove = [
    ...extra(state.rules, wanted.rules).map(line => `rule del ${line}`),
    ...extra(state.routes, wanted.routes).map(line => `route del ${line}`),
    ...extra(state.addresses, wanted.addresses).map(line => `addr del ${line}`),
  ]
  const set = [
    ...[...wanted.links].flatMap(([name, link]) => linkLine(name, link, state.links.get(name))),
    ...extra(wanted.addresses, state.addresses).map(line => `addr replace ${line}`),
    ...extra(wanted.routes, state.routes).map(line => `route replace ${line}`),
    ...extra(wanted.rules, state.rules).map(line => `rule add ${line}`),
  ]
  const filter = state.filter === wanted.filter ? null : wanted.filter
  const nothing = settings.size === 0 && remove.length === 0 && set.length === 0 && filter === null
  return nothing ? null : { namespace: wanted.name, settings, remove, set, filter }
}

/** A setting of a link that is not there yet was not found either; one that this kernel lacks stays as it is. */
function needsSetting(path: string, value: string, state: NamespaceState): boolean {
  const found = state.settings.get(path)
  if (found !== '') return found !== value
  const [, link] = /^net\/ipv4\/neigh\/([^/]+)\//.exec(path) ?? []
  return link !== undefined && !state.links.has(link)
}

/** What a pair that was just made has not been told yet, or what somebody changed. */
function linkLine(name: string, wanted: LinkState, found: LinkState | undefined): string[] {
  const words = [
    ...(found && found.mac !== wanted.mac ? ['address', wanted.mac] : []),
    ...(found && found.mtu !== wanted.mtu ? ['mtu', wanted.mtu] : []),
    ...((found?.arp ?? true) !== wanted.arp ? ['arp', wanted.arp ? 'on' : 'off'] : []),
    ...((found?.alias ?? '') !== wanted.alias ? ['alias', wanted.alias] : []),
    ...(found?.up === wanted.up ? [] : ['up']),
  ]
  return words.length === 0 ? [] : [`link set ${name} ${words.join(' ')}`]
}

function extra(these: ReadonlySet<string>, those: ReadonlySet<string>): string[] {
  return [...these].filter(line => !those.has(line))
}
