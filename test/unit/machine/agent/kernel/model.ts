/** A model of the kernel: what changes do to the state of namespaces, as `ip` and `nft` would do it. */
import type { Changes } from '../../../../../src/machine/agent/kernel/diff.ts'
import type { LinkState, NamespaceState } from '../../../../../src/machine/agent/kernel/namespace-state.ts'
import { NEW_NAMESPACE } from '../../../../../src/machine/agent/kernel/namespace-state.ts'

export function applyToModel(observed: ReadonlyMap<string, NamespaceState>, changes: Changes) {
  const kernel = new Map([...observed].map(([name, state]) => [name, copy(state)]))
  for (const name of changes.namespacesGone) kernel.delete(name)
  for (const { namespace, name } of changes.linksGone) deleteLink(kernel, namespace, name)
  for (const name of changes.namespacesNew) kernel.set(name, copy(NEW_NAMESPACE))
  for (const pair of changes.pairsNew) {
    for (const end of pair.ends) {
      const links = inside(kernel, end.namespace).links
      if (links.has(end.name)) throw new Error(`File exists: ${end.name}`)
      links.set(end.name, { mac: end.mac, mtu: pair.mtu, up: false, arp: true, alias: '' })
    }
  }
  for (const change of changes.inside) {
    const state = inside(kernel, change.namespace)
    for (const [path, value] of change.settings) state.settings.set(path, value)
    for (const line of [...change.remove, ...change.set]) runLine(state, line)
    if (change.filter !== null) state.filter = change.filter
  }
  return kernel
}

interface Mutable {
  links: Map<string, LinkState>
  addresses: Set<string>
  routes: Set<string>
  rules: Set<string>
  settings: Map<string, string>
  filter: string
}

function copy(state: NamespaceState): Mutable {
  return {
    links: new Map(state.links),
    addresses: new Set(state.addresses),
    routes: new Set(state.routes),
    rules: new Set(state.rules),
    settings: new Map(state.settings),
    filter: state.filter,
  }
}

function inside(kernel: Map<string, Mutable>, namespace: string): Mutable {
  const state = kernel.get(namespace)
  if (!state) throw new Error(`Cannot open network namespace "${namespace}"`)
  return state
}

/** With a link go its addresses and routes. */
function deleteLink(kernel: Map<string, Mutable>, namespace: string, name: string): void {
  const state = inside(kernel, namespace)
  state.links.delete(name)
  for (const set of [state.addresses, state.routes]) {
    for (const line of set) if (` ${line} `.includes(` dev ${name} `)) set.delete(line)
  }
}

function runLine(state: Mutable, line: string): void {
  const [object = '', verb = '', ...words] = line.split(' ')
  const rest = words.join(' ')
  if (object === 'link') {
    setLink(state, words)
    return
  }
  const sets: Record<string, Set<string>> = { addr: state.addresses, route: state.routes, rule: state.rules }
  const set = sets[object]
  if (!set) throw new Error(`Unknown object ${object}`)
  const device = /(?:^| )dev (\S+)/.exec(rest)?.[1]
  if (device !== undefined && !state.links.get(device)) throw new Error(`Cannot find device "${device}"`)
  if (verb === 'del') set.delete(rest)
  else if (verb === 'add' && set.has(rest)) throw new Error(`File exists: ${line}`)
  else set.add(rest)
}

function setLink(state: Mutable, [name = '', ...words]: readonly string[]): void {
  const link = state.links.get(name)
  if (!link) throw new Error(`Cannot find device "${name}"`)
  const changed = { ...link }
  for (let at = 0; at < words.length; at++) {
    if (words[at] === 'up') changed.up = true
    if (words[at] === 'address') changed.mac = words[++at] ?? ''
    if (words[at] === 'mtu') changed.mtu = Number(words[++at])
    if (words[at] === 'arp') changed.arp = words[++at] === 'on'
    if (words[at] === 'alias') changed.alias = words[++at] ?? ''
  }
  state.links.set(name, changed)
}
