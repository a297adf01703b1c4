/** Removes everything of an instance from this machine: processes, then namespaces with all that is in them. */
import { rmSync } from 'node:fs'
import { markedProcesses } from '../../base/process/proc.ts'
import { run } from '../../base/process/run.ts'
import type { StatePaths } from '../../base/process/state.ts'
import { removeNetnsMount } from './kernel/netns-mount.ts'
import { namespacesOf } from './kernel/observe.ts'
import { forgetPlan } from './plan-file.ts'
import { endMarked } from './processes/end.ts'

export interface TakeDownOptions {
  readonly paths: StatePaths
  readonly owner: string
  /** Also the files of hosts, clients and devices: keys are destroyed. */
  readonly purge: boolean
}

/** @throws when something of ours is still there afterwards. */
export async function takeDown({ paths, owner, purge }: TakeDownOptions): Promise<void> {
  // First of all: an agent that starts again must not put it all back.
  forgetPlan(paths)
  for (let left = markedProcesses(owner); left.length > 0; left = markedProcesses(owner)) {
    await Promise.all(left.map(endMarked))
  }
  const batch = namespacesOf(owner).map(name => `netns del ${name}\n`)
  if (batch.length > 0) await run('ip', ['-force', '-batch', '-'], { input: batch.join('') })
  const remaining = namespacesOf(owner)
  if (remaining.length > 0) throw new Error(`namespaces ${remaining.join(', ')} could not be deleted`)
  await removeNetnsMount(paths)
  if (purge)
    for (const place of [paths.hosts, paths.clients, paths.appliances]) rmSync(place, { recursive: true, force: true })
}
