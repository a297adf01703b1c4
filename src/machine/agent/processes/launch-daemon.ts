/** Starts one daemon of ours in its namespace and its sandbox, and leaves it to itself. */
import { closeSync, fstatSync, openSync } from 'node:fs'
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
import { STATUS_FD } from './sandbox.ts'

export interface DaemonLaunch {
  readonly namespace: string
  /** Done first, by the shell that becomes the daemon. */
  readonly change: NamespaceChange | undefined
  readonly command: readonly string[]
  /** Standard error. */
  readonly log: string
}

export interface DaemonOptions {
  readonly owner: string
  readonly mounts: BareMounts
}

export interface LaunchedDaemon {
  readonly process: MarkedProcess
  /** Settles once: true when its ready line came, false when it did not in time or the daemon ended. */
  readonly ready: Promise<boolean>
}

const BECOME = 'exec "$@" </dev/null'

/** Node reads its code, opens its files and listens. */
const READY_MILLISECONDS = 30_000

/** Resolves once the process is itself; that it is ready comes later. */
export async function launchDaemon(
  { namespace, change, command, log }: DaemonLaunch,
  { owner, mounts }: DaemonOptions,
): Promise<Parsed<LaunchedDaemon>> {
  const logFd = openSync(log, 'a', 0o600)
  const before = fstatSync(logFd).size
  const enter = [`--mount=${mounts.file}`, `--net=${namespaceFile(namespace)}`]
  const script = ['sh', '-c', INSIDE + BECOME, 'sh', ...insideWords(change), ...command]
  const child = start('nsenter', [...enter, ...script], { detached: true, stdio: ['pipe', 'pipe', logFd, 'pipe'] })
  closeSync(logFd)
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  child.on('error', () => {})
  child.stdin?.on('error', () => {})
  child.stdin?.end(change ? insideBatch(change) : '')
  const ready = hasLine(child.stdout as Readable, READY_MILLISECONDS)

  const status = child.stdio[STATUS_FD] as Readable
  const pid = await childPid(status)
  const process = pid === null ? null : await whenMarked(() => pid, owner)
  // bubblewrap's own first process only waits from here on; a daemon does without.
  child.kill('SIGKILL')
  await ended
  status.destroy()
  return process ? parsed({ process, ready }) : unparsed(lastWords(log, before))
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

/** True once a whole line came; false when the stream ends or the time is over before. The stream is closed then. */
function hasLine(stream: Readable, milliseconds: number): Promise<boolean> {
  return new Promise(resolve => {
    const done = (answer: boolean) => {
      clearTimeout(timer)
      stream.destroy()
      resolve(answer)
    }
    const timer = setTimeout(done, milliseconds, false)
    stream.on('data', chunk => {
      if (String(chunk).includes('\n')) done(true)
    })
    stream.on('error', () => done(false))
    stream.on('close', () => done(false))
  })
}
