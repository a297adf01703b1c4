/** Starts one process in its namespace and its sandbox, and leaves it to itself. */
import { closeSync, openSync, readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { type Parsed, parsed, unparsed } from '../../../base/findings/parsed.ts'
import { isAlive, type MarkedProcess, markedProcess } from '../../../base/process/proc.ts'
import { start } from '../../../base/process/run.ts'
import { insideArguments } from '../kernel/apply.ts'
import type { NamespaceChange } from '../kernel/diff.ts'
import { namespaceFile } from '../kernel/observe.ts'
import { insideBatch } from '../kernel/render.ts'
import type { BareMounts } from './bare-mounts.ts'
import { STATUS_FD } from './sandbox.ts'

export interface Launch {
  readonly owner: string
  readonly namespace: string
  /** Done first, by the same shell that becomes the process. */
  readonly change?: NamespaceChange | undefined
  readonly command: readonly string[]
  readonly mounts: BareMounts
  readonly log: string
  /** A daemon says that it is ready by one line on standard output; a holder is ready when it is there. */
  readonly saysReady: boolean
}

export interface Launched {
  readonly process: MarkedProcess
  /** Settles once: true when the ready line came, false when it did not in time or the process ended. */
  readonly ready: Promise<boolean>
}

/** From the first program to the one that was wanted; a machine that is busy starting hundreds needs seconds. */
const EXEC_MILLISECONDS = 15_000
/** Node reads its code, opens its files and listens. */
const READY_MILLISECONDS = 30_000
const LOOK_AGAIN_MILLISECONDS = 1

/** Resolves once the process is itself: all that came before it, such as the sandbox being built, is done. */
export async function launch(options: Launch): Promise<Parsed<Launched>> {
  const { owner, namespace, change, command, mounts, log, saysReady } = options
  const logFd = openSync(log, 'a', 0o600)
  const before = readFileSync(log).length
  const child = start(
    'nsenter',
    [`--mount=${mounts.file}`, `--net=${namespaceFile(namespace)}`, ...insideArguments(change), ...command],
    { detached: true, stdio: ['pipe', saysReady ? 'pipe' : 'ignore', logFd, 'pipe'] },
  )
  closeSync(logFd)
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  child.on('error', () => {})
  child.stdin?.on('error', () => {})
  child.stdin?.end(change ? insideBatch(change) : '')
  const ready = firstLine(child.stdout, READY_MILLISECONDS).then(line => line !== null)

  const status = child.stdio[STATUS_FD] as Readable
  const pid = await childPid(status)
  const process = pid === null ? null : await marked(pid, owner)
  // bubblewrap's own first process only waits; a host or daemon does without (recipes/processes). Its start is over.
  child.kill('SIGKILL')
  await ended
  status.destroy()
  if (!process) return unparsed(lastWords(log, before))
  return parsed({ process, ready: saysReady ? ready : Promise.resolve(true) })
}

/**
 * bubblewrap's `{ "child-pid": 7, … }`; null when it ended without one. The stream stays open: bubblewrap writes more to
 * it before it lets its child go on, and dies of a pipe that nobody reads.
 */
function childPid(status: Readable): Promise<number | null> {
  return new Promise(resolve => {
    let text = ''
    status.on('data', chunk => {
      text += String(chunk)
      const pid = /"child-pid": (\d+)\D/.exec(text)?.[1]
      if (pid !== undefined) resolve(Number(pid))
    })
    status.once('close', () => resolve(null))
  })
}

/** Waits until the process bears our mark: only the program at the end of the chain was given it. */
async function marked(pid: number, owner: string): Promise<MarkedProcess | null> {
  for (const end = Date.now() + EXEC_MILLISECONDS; Date.now() < end; ) {
    const process = markedProcess(pid, owner)
    if (process) return process
    if (!isAlive(pid)) return null
    await new Promise(resolve => setTimeout(resolve, LOOK_AGAIN_MILLISECONDS))
  }
  return null
}

/** The first line of a stream; null when it ends or the time is over before. The stream is closed then. */
function firstLine(stream: Readable | null, milliseconds: number): Promise<string | null> {
  if (!stream) return Promise.resolve(null)
  return new Promise(resolve => {
    let text = ''
    const done = (line: string | null) => {
      clearTimeout(timer)
      stream.destroy()
      resolve(line)
    }
    const timer = setTimeout(done, milliseconds, null)
    stream.on('data', chunk => {
      text += String(chunk)
      const at = text.indexOf('\n')
      if (at !== -1) done(text.slice(0, at))
    })
    stream.on('error', () => done(null))
    stream.on('close', () => done(null))
  })
}

/** What the process, or one on the way to it, said last: for people. */
export function lastWords(log: string, from = 0): string {
  const said = readFileSync(log, 'utf8').slice(from).trim().split('\n').at(-1) ?? ''
  return said === '' ? 'it ended without a word' : said.slice(0, 300)
}
