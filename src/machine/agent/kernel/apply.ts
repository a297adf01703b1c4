/** Runs changes: a few `ip -batch` for everything outside namespaces, then one short script a namespace. */
import { rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { inParallel } from '../../../base/process/pool.ts'
import { type RunResult, run } from '../../../base/process/run.ts'
import type { Changes, NamespaceChange } from './diff.ts'
import { filterCommands } from './filter.ts'
import { namespaceFile } from './observe.ts'
import { insideBatch, linkRemovals, outsideStages } from './render.ts'

const WORTH_A_PROGRAM = 25

/**
 * Inside one namespace: settings as pairs of arguments up to `--`, then `ip` from standard input. The rest of the
 * arguments, if any, is a command for what follows this text.
 */
export const INSIDE = `
cd /proc/sys || exit
while [ "$1" != -- ]; do
  if [ -e "$1" ]; then echo "$2" >"$1" || exit; fi
  shift 2
done
shift
cd /
ip -force -batch - || exit
[ $# -gt 0 ] || exit 0
`

/** The arguments of `INSIDE` for a change, or for none; a command may follow. */
export function insideWords(change: NamespaceChange | undefined): string[] {
  return [...[...(change?.settings ?? [])].flat(), '--']
}

/** Namespaces and links. Answers what went wrong, or null. */
export async function applyOutside(changes: Changes): Promise<string | null> {
  await inParallel([...linkRemovals(changes)], ([namespace, batch]) =>
    run('ip', ['-force', '-n', namespace, '-batch', '-'], { input: batch }),
  )
  // A name left without its namespace, as by a crash, would be in the way.
  for (const name of changes.namespacesNew) rmSync(namespaceFile(name), { force: true })
  for (const stage of outsideStages(changes)) {
    const failures = await inParallel(shares(stage), async texts =>
      failure(await run('ip', ['-force', '-batch', '-'], { input: texts.join('') })),
    )
    const failed = failures.find(words => words !== null)
    if (failed) return failed
  }
  return null
}

/** The kernel makes namespaces on several processors at once; a few are not worth a second program. */
function shares(texts: readonly string[]): string[][] {
  const count = Math.min(availableParallelism(), Math.ceil(texts.length / WORTH_A_PROGRAM))
  return Array.from({ length: count }, (_, share) => texts.filter((_, at) => at % count === share))
}

/** One namespace. The filter comes first: no packet passes a port that is not guarded. */
export async function applyInside(change: NamespaceChange): Promise<string | null> {
  const filtered = await applyFilter(change)
  if (filtered !== null) return filtered
  const script = [`--net=${namespaceFile(change.namespace)}`, 'sh', '-c', INSIDE, 'sh', ...insideWords(change)]
  return failure(await run('nsenter', script, { input: insideBatch(change) }))
}

async function applyFilter(change: NamespaceChange): Promise<string | null> {
  if (change.filter === null) return null
  // Standard input is a socket here, which nft cannot open again as /dev/stdin; behind cat it is a pipe.
  const inside = [`--net=${namespaceFile(change.namespace)}`, 'sh', '-c', 'cat | nft -j -f -']
  return failure(await run('nsenter', inside, { input: filterCommands(change.filter) }))
}

function failure({ code, stderr }: RunResult): string | null {
  return code === 0 ? null : stderr.trim() || `exit code ${code}`
}
