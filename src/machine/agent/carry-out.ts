/** Carries out one round of changes: ends, removes, makes, starts, in the order in which nothing is in the way. */
import { inParallel } from '../../base/process/pool.ts'
import { applyInside, applyOutside } from './kernel/apply.ts'
import type { Changes } from './kernel/diff.ts'
import type { Orders } from './processes/compare.ts'
import type { Start, Supervisor } from './processes/supervisor.ts'

/**
 * Ends what is to end, then makes namespaces and links, then goes inside: daemons first, which take longest to be ready.
 *
 * @returns what went wrong: namespace → words; '' stands for what is outside every namespace.
 */
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

  // Where a process is to start in its own namespace, the shell that changes the namespace starts it.
  const inside = new Map(changes.inside.map(change => [change.namespace, change]))
  const starts = orders.start.map((wanted): Start => {
    const change = wanted.kind === 'client' ? undefined : inside.get(wanted.namespace)
    if (change) inside.delete(wanted.namespace)
    return { wanted, change }
  })
  const outside = applyOutside(changes)
  const opening = starts.length === 0 ? null : supervisor.openMounts()
  // Directories are made while other programs make namespaces.
  const { hosts, daemons } = supervisor.prepare(starts)
  note('', await outside)
  const mounts = await opening
  try {
    if (mounts) await inParallel(daemons, daemon => supervisor.startDaemon(daemon, mounts))
    await Promise.all([
      inParallel([...inside.values()], async change => note(change.namespace, await applyInside(change))),
      mounts && supervisor.startHosts(hosts, mounts),
    ])
  } finally {
    mounts?.close()
  }
  return errors
}
