/**
 * Starts many holders by a few shells. A process forks in a time that grows with its memory (0.035 ms a MiB here: 4 ms
 * for an agent, 0.3 for a shell), so the agent forks once a shell and each shell once a host.
 */
import { closeSync, openSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import type { Readable } from 'node:stream'
import { type Parsed, parsed, unparsed } from '../../../base/findings/parsed.ts'
import { lastWords } from '../../../base/process/log.ts'
import type { MarkedProcess } from '../../../base/process/proc.ts'
import { start } from '../../../base/process/run.ts'
import { INSIDE, insideWords } from '../kernel/apply.ts'
import type { NamespaceChange } from '../kernel/diff.ts'
import { namespaceFile } from '../kernel/observe.ts'
import { insideBatch } from '../kernel/render.ts'
import type { BareMounts } from './bare-mounts.ts'
import { whenMarked } from './marked.ts'

export interface HolderLaunch {
  readonly namespace: string
  /** Done first, by the shell that then starts the holder. */
  readonly change: NamespaceChange | undefined
  readonly command: readonly string[]
  /** The texts of `HOST_FILES`. */
  readonly files: readonly [string, string, string, string]
}

export interface HolderOptions {
  readonly owner: string
  readonly mounts: BareMounts
  /** A file with the arguments that all share, each ended by NUL. */
  readonly shared: string
  /** Where everything on the way to a holder complains. */
  readonly log: string
}

/**
 * `$1` is the script for inside a namespace, `$2` the mounts to start in, `$3` the shared arguments; then jobs, each a count and so many words. A
 * line of output a job: the pid of its bubblewrap, or nothing. Texts reach programs by here-documents, which are pipes:
 * they are expanded once and never read as shell.
 */
const LOOP = `
inside=$1 mounts=$2 shared=$3
shift 3
job() {
  net=$1 lines=$2 passwd=$3 group=$4 hosts=$5 hostname=$6
  shift 6
  nsenter --mount="$mounts" --net="$net" sh -c "$inside" sh "$@" 8<"$shared" <<LINES 4<<PASSWD 5<<GROUP 6<<HOSTS 7<<NAME || echo
$lines
LINES
$passwd
PASSWD
$group
GROUP
$hosts
HOSTS
$hostname
NAME
}
while [ $# -gt 0 ]; do
  count=$1 words= at=1
  shift
  while [ $at -le $count ]; do words="$words \\"\\\${$at}\\"" at=$((at + 1)); done
  eval "job $words"
  shift $count
done
`

/** Goes on after the holder was started; its pid is that of bubblewrap, which becomes the holder's parent. */
const AND_GO_ON = `"$@" </dev/null >/dev/null & echo $!`

/** One answer a launch, in their order. */
export async function launchHolders(
  launches: readonly HolderLaunch[],
  options: HolderOptions,
): Promise<Parsed<MarkedProcess>[]> {
  const shells = Math.min(availableParallelism(), launches.length)
  const shares = Array.from({ length: shells }, (_, shell) => launches.filter((_, at) => at % shells === shell))
  const answers = await Promise.all(shares.map(share => launchShare(share, options)))
  return launches.map((_, at) => answers[at % shells]?.[Math.floor(at / shells)] ?? unparsed('it was not started'))
}

async function launchShare(
  launches: readonly HolderLaunch[],
  options: HolderOptions,
): Promise<Parsed<MarkedProcess>[]> {
  const { owner, mounts, shared, log } = options
  const jobs = launches.flatMap(({ namespace, change, command, files }) => {
    const lines = change ? insideBatch(change) : ''
    const words = [namespaceFile(namespace), lines, ...files, ...insideWords(change), ...command]
    return [`${words.length}`, ...words]
  })
  const logFd = openSync(log, 'a', 0o600)
  const shell = start('sh', ['-c', LOOP, 'sh', INSIDE + AND_GO_ON, mounts.file, shared, ...jobs], {
    detached: true,
    stdio: ['ignore', 'pipe', logFd],
  })
  closeSync(logFd)
  shell.on('error', () => {})
  const pids = linesOf(shell.stdout as Readable, launches.length)
  const answers: Parsed<MarkedProcess>[] = []
  // In their order: while the first is waited for, the others become ready, and nobody looks at them all the time.
  for (const pid of pids) {
    const monitor = Number(await pid)
    const holder = monitor === 0 ? null : await whenMarked(() => childOf(monitor), owner)
    // bubblewrap only waits from here on; a host does without (recipes/processes).
    if (monitor > 0) endQuietly(monitor)
    answers.push(holder ? parsed(holder) : unparsed(lastWords(log)))
  }
  return answers
}

/** One promise a line, in order; '' for lines that never come. */
function linesOf(stream: Readable, count: number): Promise<string>[] {
  const lines = Array.from({ length: count }, () => Promise.withResolvers<string>())
  let next = 0
  let rest = ''
  stream.on('data', chunk => {
    const parts = (rest + String(chunk)).split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) lines[next++]?.resolve(line)
  })
  stream.once('close', () => {
    for (const line of lines) line.resolve('')
  })
  return lines.map(line => line.promise)
}

/** bubblewrap's only child: null until there is one. */
function childOf(pid: number): number | null {
  try {
    const [child = ''] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ')
    return child === '' ? null : Number(child)
  } catch {
    return null
  }
}

function endQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself, with its child.
  }
}
