/** Carries out one round of changes: ends, removes, makes, starts, in the order in which nothing is in the way. */
import { inParallel } from '../../base/process/pool.ts'
import { applyInside, applyOutside } from './kernel/apply.ts'
import type { Changes } from './kernel/diff.ts'
import type { BareMounts } from './processes/bare-mounts.ts'
import { openBareMounts } from './processes/bare-mounts.ts'
import type { Orders } from './processes/compare.ts'
import type { Supervisor } from './processes/supervisor.ts'
import type { WantedProcess } from './processes/wanted.ts'

/** Daemons take longest to be ready, so they start first; a client's host must be there for what it shows to it. */
const TURN = { appliance: 0, router: 1, host: 2, client: 3 } as const

/** @returns what went wrong: namespace → words; '' stands for what is outside every namespace. */
export async function carryOut(
  changes: Changes,
  orders: Orders,
  supervisor: Supervisor,
): Promise<ReadonlyMap<string, string>> {
  const errors = new Map<string, string>()
  const note = (namespace: string, error: string | null) => {
    if (error !== null) errors.set(namespace, error)
  }
  // A namespace with a process in it only loses its name when it is deleted: its links go on forwarding.
  await Promise.all(orders.end.map(process => supervisor.end(process).catch(error => note('', String(error)))))
  note('', await applyOutside(changes))

  const mounts = orders.start.length === 0 ? null : await openBareMounts()
  try {
    await inParallel(jobs(changes, orders, supervisor, mounts, note), job => job.run())
  } finally {
    mounts?.close()
  }
  return errors
}

interface Job {
  readonly turn: number
  readonly run: () => Promise<void>
}

/** One job a namespace: where a process is to start in it, the shell that changes it becomes the process. */
function jobs(
  changes: Changes,
  orders: Orders,
  supervisor: Supervisor,
  mounts: BareMounts | null,
  note: (namespace: string, error: string | null) => void,
): Job[] {
  const inside = new Map(changes.inside.map(change => [change.namespace, change]))
  const starts = orders.start.flatMap((wanted: WantedProcess): Job[] => {
    if (!mounts) return []
    const change = wanted.kind === 'client' ? undefined : inside.get(wanted.namespace)
    if (change) inside.delete(wanted.namespace)
    return [{ turn: TURN[wanted.kind], run: () => supervisor.start(wanted, change, mounts) }]
  })
  const rest = [...inside.values()].map(
    (change): Job => ({
      turn: TURN.router,
      run: async () => note(change.namespace, await applyInside(change)),
    }),
  )
  return [...starts, ...rest].toSorted((a, b) => a.turn - b.turn)
}
