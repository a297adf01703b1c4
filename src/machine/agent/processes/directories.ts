/** Makes the directories and files that a process finds when it starts. */
import { chownSync, lstatSync, mkdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { writeFileAtomicSync } from '../../../base/process/atomic-file.ts'
import type { StatePaths } from '../../../base/process/state.ts'
import { clientDirectory, clientRunDirectory } from '../places.ts'
import type { Identities } from './identity.ts'
import type { WantedProcess } from './wanted.ts'

/** @returns the uid that the process (or, in a host, its programs) runs under. */
export function prepareDirectory(wanted: WantedProcess, paths: StatePaths, identities: Identities): number {
  const uid = identities.uidOf(wanted.kind, wanted.directory)
  ownedDirectory(wanted.directory, uid, 0o700)
  // A host shows its client's directory to its programs from the start, whether or not an HA group names it yet.
  if (wanted.kind !== 'appliance') prepareClientDirectory(paths, wanted.endpoint, identities)
  if (wanted.kind !== 'host') writeConfig(wanted)
  return uid
}

/** Its config.json, owned like the directory it is in. */
export function writeConfig(wanted: WantedProcess): void {
  const { uid, gid } = statSync(wanted.directory)
  // Not read before: the directory is the daemon's, and the agent takes nothing in it for what it looks like.
  writeFileAtomicSync(path.join(wanted.directory, 'config.json'), wanted.config, { owner: { uid, gid } })
}

/** The client's own directory, closed, and in it the one that the programs of its host see as /run/hsmnet. */
function prepareClientDirectory(paths: StatePaths, endpoint: string, identities: Identities): void {
  const own = clientDirectory(paths, endpoint)
  const uid = identities.uidOf('client', own)
  ownedDirectory(own, uid, 0o700)
  ownedDirectory(clientRunDirectory(paths, endpoint), uid, 0o755)
}

/** @throws where something else than a directory is in its place: what is bound into a sandbox is never a link. */
function ownedDirectory(place: string, uid: number, mode: number): void {
  const found = lstatSync(place, { throwIfNoEntry: false })
  if (found && !found.isDirectory()) throw new Error(`${place} is not a directory`)
  if (found) return
  // The agent's umask takes from every mode what is not the owner's.
  const umask = process.umask(0o077 & ~mode)
  mkdirSync(place, { recursive: true, mode })
  process.umask(umask)
  chownSync(place, uid, uid)
}
