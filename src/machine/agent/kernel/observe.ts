/** Looks at the namespaces of ours; touches nothing. */
import { readdirSync, readFileSync, statfsSync } from 'node:fs'
import path from 'node:path'
import { inParallel } from '../../../base/process/pool.ts'
import { run } from '../../../base/process/run.ts'
import type { Observed } from './diff.ts'
import { FILTER_TABLE } from './filter.ts'
import { namespacePrefix } from './names.ts'
import type { Layout, NamespaceLayout, NamespaceState } from './namespace-state.ts'
import { parseObservation } from './observed.ts'
import { looksRight } from './proc-net.ts'

export const NETNS_DIR = '/run/netns'

export function namespaceFile(name: string): string {
  return path.join(NETNS_DIR, name)
}

/** The magic number of nsfs: a name without a namespace behind it is an ordinary empty file. */
const NSFS = 0x6e73_6673

/**
 * `$@` are settings, read by grep because it names each and passes over those this kernel lacks (dash's `read` takes
 * a byte at a time, which /proc/sys answers with the first alone). Standard input holds the questions for `ip`.
 */
const OBSERVE = `
cd /proc/sys && grep -sH '' -- "$@" </dev/null
ip -4 -d -N -j -batch - || exit
nft -j list table ${FILTER_TABLE.family} ${FILTER_TABLE.table} 2>/dev/null || :
`
const QUESTIONS = 'link\naddr\nroute show table all\nrule\n'

export interface ObserveOptions {
  readonly owner: string
  /** Namespace → a process that lives in it, for the cheap look. */
  readonly inhabitants: ReadonlyMap<string, number>
}

/** Every namespace that bears the owner's name, wanted or not. */
export async function observe(layout: Layout, { owner, inhabitants }: ObserveOptions): Promise<Observed> {
  const observed = await inParallel(namespacesOf(owner), async (name): Promise<[string, NamespaceState][]> => {
    const wanted = layout.namespaces.get(name)
    // What is to be removed is known by its name alone.
    if (!wanted) return [[name, { ...EMPTY }]]
    const inhabitant = inhabitants.get(name)
    if (inhabitant !== undefined && looksRightFrom(inhabitant, wanted)) return [[name, wanted]]
    const state = await observeWhole(name, wanted)
    return state ? [[name, state]] : []
  })
  return new Map(observed.flat())
}

const EMPTY: NamespaceState = {
  links: new Map(),
  addresses: new Set(),
  routes: new Set(),
  rules: new Set(),
  settings: new Map(),
  filter: '',
}

/** Names of ours in /run/netns that stand for a namespace. */
export function namespacesOf(owner: string): string[] {
  try {
    const names = readdirSync(NETNS_DIR).filter(name => name.startsWith(namespacePrefix(owner)))
    return names.filter(name => statfsSync(namespaceFile(name)).type === NSFS)
  } catch {
    // No namespace was ever named on this machine, or one went while we looked; then the next look tells.
    return []
  }
}

function looksRightFrom(pid: number, wanted: NamespaceLayout): boolean {
  try {
    const read = (name: string) => readFileSync(`/proc/${pid}/net/${name}`, 'latin1')
    return looksRight(wanted, { dev: read('dev'), route: read('route'), fibTrie: read('fib_trie') })
  } catch {
    return false
  }
}

/** Undefined when the namespace went away meanwhile. */
async function observeWhole(name: string, wanted: NamespaceLayout): Promise<NamespaceState | undefined> {
  const paths = [...wanted.settings.keys()]
  const result = await run('nsenter', [`--net=${namespaceFile(name)}`, 'sh', '-c', OBSERVE, 'sh', ...paths], {
    input: QUESTIONS,
  })
  if (result.code !== 0) return undefined
  return parseObservation(result.stdout, paths)
}
