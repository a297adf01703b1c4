/** What becomes of the files of elements that left the plan. */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { hashName, type StatePaths } from '../../base/process/state.ts'
import { storedState } from './device.ts'
import type { WantedProcess } from './processes/wanted.ts'

/**
 * A host that left takes its disk with it, as a deleted VM does. A device leaves its keys: its directory goes only when
 * it is zeroized, and a later plan with the same id finds them again.
 */
export function removeLeftDirectories(paths: StatePaths, wanted: readonly WantedProcess[]): void {
  const names = (kind: WantedProcess['kind']) =>
    new Set(wanted.filter(process => process.kind === kind).map(process => hashName(process.id)))
  const hosts = names('host')
  for (const directory of left(paths.hosts, hosts)) rmSync(directory, { recursive: true, force: true })
  for (const directory of left(paths.clients, hosts)) rmSync(directory, { recursive: true, force: true })
  for (const directory of left(paths.appliances, names('appliance'))) {
    if (storedState(directory)?.zeroized) rmSync(directory, { recursive: true, force: true })
  }
}

function left(parent: string, kept: ReadonlySet<string>): string[] {
  if (!existsSync(parent)) return []
  return readdirSync(parent)
    .filter(name => !kept.has(name))
    .map(name => path.join(parent, name))
}
