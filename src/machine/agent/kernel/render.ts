/** Changes → the input of `ip -batch` and the arguments of the scripts that `apply.ts` runs. Pure. */
import type { Changes, NamespaceChange } from './diff.ts'
import { isWire } from './names.ts'
import type { Pair } from './namespace-state.ts'

/**
 * Everything outside namespaces, in two stages, the second to be run once the first is done. A stage is a list of texts
 * for `ip -batch`, each of which stands for itself: they may be run together, apart and at the same time.
 */
export function outsideStages({ namespacesGone, namespacesNew, pairsNew }: Changes): readonly (readonly string[])[] {
  // An end with its NICs, or a wire, needs nothing but routers.
  const byEnd = Map.groupBy(pairsNew, pair => (isWire(pair.ends[0].name) ? pair.id : pair.ends[1].namespace))
  const added = (name: string) => `netns add ${name}\n`
  return [
    [
      ...namespacesGone.map(name => `netns del ${name}\n`),
      ...namespacesNew.filter(name => !byEnd.has(name)).map(added),
    ],
    [...byEnd].map(([end, pairs]) =>
      [...(namespacesNew.includes(end) ? [added(end)] : []), ...pairs.map(pairLine)].join(''),
    ),
  ]
}

function pairLine({ mtu, ends: [a, b] }: Pair): string {
  const end = (it: typeof a) => `name ${it.name} address ${it.mac} mtu ${mtu} netns ${it.namespace}`
  // Made directly in both of its namespaces.
  return `link add ${end(a)} type veth peer ${end(b)}\n`
}

/** Links to delete before their names are used again: namespace → batch. */
export function linkRemovals(changes: Changes): ReadonlyMap<string, string> {
  const byNamespace = Map.groupBy(changes.linksGone, link => link.namespace)
  return new Map(
    [...byNamespace].map(([namespace, links]) => [namespace, lines(links.map(link => `link del ${link.name}`))]),
  )
}

export function insideBatch(change: NamespaceChange): string {
  return lines([...change.remove, ...change.set])
}

/** Changes in words, one a line, for the log. */
export function describeChanges(changes: Changes): string[] {
  return [
    ...changes.namespacesGone.map(name => `delete namespace ${name}`),
    ...changes.linksGone.map(({ namespace, name }) => `delete link ${name} in ${namespace}`),
    ...changes.namespacesNew.map(name => `make namespace ${name}`),
    ...changes.pairsNew.map(pair => `make the pair of ${pair.id}`),
    ...changes.inside.flatMap(({ namespace, settings, remove, set, filter }) =>
      [
        ...[...settings].map(([path, value]) => `${path} = ${value}`),
        ...remove,
        ...set,
        ...(filter === null ? [] : ['replace the filter']),
      ].map(line => `${namespace}: ${line}`),
    ),
  ]
}

function lines(words: readonly string[]): string {
  return words.map(line => `${line}\n`).join('')
}
