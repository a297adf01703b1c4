/**
 * Processes as /proc shows them. A process is known by its pid and start time (field 22 of stat) and the boot: a pid
 * alone may be somebody else's by now. A zombie is dead although kill(pid, 0) answers (recipes/processes).
 */
import { readdirSync, readFileSync } from 'node:fs'

export interface ProcessStat {
  readonly pid: number
  readonly state: string
  readonly ppid: number
  readonly start: string
}

export interface MarkedProcess extends ProcessStat {
  /** HSMNET_RESOURCE of its environment: the plan id of the element it is. */
  readonly resource: string
  /** HSMNET_DIGEST of its environment: of everything it was started with, '' where nobody said. */
  readonly digest: string
  /**
   * It is the first process of a pid namespace directly below ours. Any program can call itself anything in its
   * environment; this it cannot make true from inside such a namespace.
   */
  readonly first: boolean
}

/** include/linux/sched.h: it is past its last instruction. */
const PF_EXITING = 4

/** Null where no such process exists. Parsed after the last bracket: a command's name may hold spaces and brackets. */
export function processStat(pid: number): ProcessStat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    // The first process of a pid namespace shows `S` after its death, until all that was in there has been reaped.
    const ending = (Number(fields[6]) & PF_EXITING) !== 0
    return { pid, state: ending ? 'X' : (fields[0] ?? 'X'), ppid: Number(fields[1]), start: fields[19] ?? '' }
  } catch {
    return null
  }
}

/** True while the process lives; with `start`, only while it is that same process. */
export function isAlive(pid: number, start?: string): boolean {
  const stat = processStat(pid)
  return stat !== null && stat.state !== 'Z' && stat.state !== 'X' && (start === undefined || stat.start === start)
}

/** Every living process that carries the owner mark in its environment. */
export function markedProcesses(owner: string): MarkedProcess[] {
  const found: MarkedProcess[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const process = markedProcess(Number(name), owner)
    if (process) found.push(process)
  }
  return found
}

/** That process, when it lives and carries the owner mark. Before exec a child still has its parent's environment. */
export function markedProcess(pid: number, owner: string): MarkedProcess | null {
  const environment = processEnvironment(pid)
  if (environment.get('HSMNET_OWNER') !== owner) return null
  const stat = processStat(pid)
  if (!stat || stat.state === 'Z' || stat.state === 'X') return null
  return {
    ...stat,
    resource: environment.get('HSMNET_RESOURCE') ?? '',
    digest: environment.get('HSMNET_DIGEST') ?? '',
    first: isFirst(pid),
  }
}

/** `NSpid` lists its pid in our namespace and in each further in, down to its own. */
function isFirst(pid: number): boolean {
  try {
    return /^NSpid:\t\d+\t1$/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'))
  } catch {
    return false
  }
}

function processEnvironment(pid: number): Map<string, string> {
  try {
    const entries = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0')
    return new Map(
      entries
        .filter(entry => entry.includes('='))
        .map(entry => {
          const at = entry.indexOf('=')
          return [entry.slice(0, at), entry.slice(at + 1)] as const
        }),
    )
  } catch {
    return new Map()
  }
}

/** Tells boots apart: after a reboot no recorded pid means anything. */
export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
}

/** TERM, wait for the end up to `grace` ms, then KILL; answers true once it is gone. Only that same process is met. */
export async function endProcess(pid: number, start: string, grace = 2000): Promise<boolean> {
  const send = (signal: NodeJS.Signals) => {
    try {
      if (isAlive(pid, start)) process.kill(pid, signal)
    } catch {
      // Gone between the look and the signal.
    }
  }
  const gone = async (milliseconds: number) => {
    for (const end = Date.now() + milliseconds; Date.now() < end; ) {
      if (!isAlive(pid, start)) return true
      await new Promise(resolve => setTimeout(resolve, 5))
    }
    return !isAlive(pid, start)
  }
  send('SIGTERM')
  if (await gone(grace)) return true
  send('SIGKILL')
  return gone(2000)
}
