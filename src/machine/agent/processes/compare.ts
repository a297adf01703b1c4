/** Which processes to end and which to start. Pure. */
import type { MarkedProcess } from '../../../base/process/proc.ts'
import type { WantedProcess } from './wanted.ts'

export interface Orders {
  readonly end: readonly MarkedProcess[]
  readonly start: readonly WantedProcess[]
}

/**
 * @param running first processes with our mark.
 * @param misplaced pids of those that are not in the namespace they belong to.
 */
export function compareProcesses(
  wanted: readonly WantedProcess[],
  running: readonly MarkedProcess[],
  misplaced: ReadonlySet<number>,
): Orders {
  const byId = new Map(wanted.map(process => [process.id, process]))
  const kept = new Map<string, MarkedProcess>()
  const end: MarkedProcess[] = []
  for (const process of running) {
    const right = byId.get(process.resource)?.digest === process.digest && !misplaced.has(process.pid)
    if (right && !kept.has(process.resource)) kept.set(process.resource, process)
    else end.push(process)
  }
  return { end, start: wanted.filter(process => !kept.has(process.id)) }
}

const FIRST_PAUSE = 200
const LONGEST_PAUSE = 30_000

/** Milliseconds until the next start after so many failures in a row: none after the first, then doubling. */
export function pauseAfter(failures: number): number {
  return failures <= 1 ? 0 : Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 2))
}

/** From so many failures in a row on, an element is said to have failed; it is still tried again. */
export const FAILURES_SHOWN = 3
