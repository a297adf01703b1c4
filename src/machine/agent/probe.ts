/**
 * Whether devices are reached through the network itself: a TCP connection to each one's port 22 from its VNet's
 * router, so through gateway, circuit and stamp.
 */
import { inParallel } from '../../base/process/pool.ts'
import { run } from '../../base/process/run.ts'
import type { Plan } from '../../model/plan/plan.ts'
import type { Probe } from '../../model/plan/status.ts'
import type { Changes } from './kernel/diff.ts'
import { isWire, namespaceName } from './kernel/names.ts'
import { namespaceFile } from './kernel/observe.ts'

/** The devices of one VNet: daemon id → address, seen from the namespace of its router. */
export interface ProbeTask {
  readonly namespace: string
  readonly targets: ReadonlyMap<string, string>
}

/** Longer than any connection takes that does not hang. */
const SECONDS = 2

/** Connects to all at once; prints those that accept. bash opens TCP connections by itself. */
const CONNECT = 'for a; do { : <"/dev/tcp/$a/22"; } 2>/dev/null && echo "$a" & done; wait'

/** The devices that `runs` names; a part without a VNet router on this machine has no place to probe from. */
export function probeTasks(plan: Plan, owner: string, runs: (id: string) => boolean): ProbeTask[] {
  return Object.values(plan.parts).flatMap(part => {
    const router = part.routers.find(({ role }) => role === 'vnet')
    const devices = part.daemons.flatMap(daemon => (daemon.kind === 'appliance' && runs(daemon.id) ? [daemon] : []))
    if (!router || devices.length === 0) return []
    const targets = new Map(devices.map(({ id, address }) => [id, address]))
    return [{ namespace: namespaceName(owner, router.id), targets }]
  })
}

/** One probe of every target, by daemon id. */
export async function probeAll(tasks: readonly ProbeTask[]): Promise<ReadonlyMap<string, Probe>> {
  const results = await inParallel(tasks, async ({ namespace, targets }) => {
    const addresses = new Set(targets.values())
    const connect = ['timeout', '-s', 'KILL', `${SECONDS}`, 'bash', '-c', CONNECT, 'bash', ...addresses]
    const { stdout } = await run('nsenter', [`--net=${namespaceFile(namespace)}`, ...connect])
    const reached = new Set(stdout.split('\n'))
    const at = new Date().toISOString()
    return [...targets].map(
      ([id, address]) => [id, { result: reached.has(address) ? 'passed' : 'failed', at }] satisfies [string, Probe],
    )
  })
  return new Map(results.flat())
}

/**
 * Appliance daemons whose way from the VNet's router these changes touch: any change of gateway, stamp or the device's
 * own namespace, and of the VNet's router what concerns its wires. A new NIC there is none of a device's business.
 */
export function devicesBehind(plan: Plan, changes: Changes, owner: string): string[] {
  const rewired = new Set<string>()
  const changed = new Set<string>()
  for (const pair of changes.pairsNew) for (const end of pair.ends) if (isWire(end.name)) rewired.add(end.namespace)
  for (const change of changes.inside) {
    changed.add(change.namespace)
    if ([...change.remove, ...change.set].some(line => line.split(' ').some(isWire))) rewired.add(change.namespace)
  }
  return Object.values(plan.parts).flatMap(part => {
    const touched = part.routers.some(({ id, role }) =>
      (role === 'vnet' ? rewired : changed).has(namespaceName(owner, id)),
    )
    const devices = part.daemons.filter(({ kind }) => kind === 'appliance')
    return devices.filter(({ endpoint }) => touched || changed.has(namespaceName(owner, endpoint))).map(({ id }) => id)
  })
}
