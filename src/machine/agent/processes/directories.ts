/** Makes the directories and files that a process finds when it starts. Synchronous: two never get one uid. */
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { writeFileAtomicSync } from '../../../base/process/atomic-file.ts'
import type { StatePaths } from '../../../base/process/state.ts'
import { clientDirectory, clientRunDirectory } from '../places.ts'
import { type Mode, ownerFor, ROOTLESS_UID } from './identity.ts'
import type { WantedProcess } from './wanted.ts'

/** What a host calls its own: files that stand in the place of the machine's. */
export const HOST_FILES = ['passwd', 'group', 'hosts', 'hostname'] as const

/** @returns the uid that the process (or, in a host, its programs) runs under. */
export function prepareDirectory(wanted: WantedProcess, paths: StatePaths, mode: Mode): number {
  const uid = ownerFor(wanted.directory, wanted.kind, mode)
  directory(wanted.directory, uid, 0o700)
  if (wanted.kind === 'host') {
    prepareHost(wanted, uid, mode)
    prepareClientDirectory(paths, wanted.endpoint, mode)
  } else {
    if (wanted.kind === 'client') prepareClientDirectory(paths, wanted.endpoint, mode)
    writeConfig(wanted)
  }
  return uid
}

/** Its config.json, owned like the directory it is in. */
export function writeConfig(wanted: WantedProcess): void {
  const file = path.join(wanted.directory, 'config.json')
  if (existsSync(file) && readFileSync(file, 'utf8') === wanted.config) return
  const { uid, gid } = statSync(wanted.directory)
  writeFileAtomicSync(file, wanted.config, { owner: { uid, gid } })
}

function prepareHost(wanted: WantedProcess, uid: number, mode: Mode): void {
  directory(path.join(wanted.directory, 'home'), uid, 0o700)
  const own = path.join(wanted.directory, 'etc')
  mkdirSync(own, { recursive: true, mode: 0o700 })
  const texts = hostFiles(wanted.hostname, mode === 'root' ? uid : ROOTLESS_UID)
  // Written anew before each start, so they need not outlive a crash; making four files durable takes 40 ms.
  for (const name of HOST_FILES) {
    writeFileSync(path.join(own, name), texts[name])
    chmodSync(path.join(own, name), 0o644)
  }
}

/** `ssh` and others refuse a uid without an entry; the host's name leads to the host itself, as on Debian. */
function hostFiles(hostname: string, uid: number): Readonly<Record<(typeof HOST_FILES)[number], string>> {
  const nobody = 65534
  return {
    passwd: `root:x:0:0:root:/root:/bin/sh\nuser:x:${uid}:${uid}:user:/home:/bin/sh\nnobody:x:${nobody}:${nobody}:nobody:/:/bin/false\n`,
    group: `root:x:0:\nuser:x:${uid}:\nnogroup:x:${nobody}:\n`,
    hosts: `127.0.0.1 localhost\n127.0.1.1 ${hostname}\n`,
    hostname: `${hostname}\n`,
  }
}

/** The client's own directory, closed, and in it the one that the programs of its host see as /run/hsmnet. */
function prepareClientDirectory(paths: StatePaths, endpoint: string, mode: Mode): void {
  const own = clientDirectory(paths, endpoint)
  const uid = ownerFor(own, 'client', mode)
  directory(own, uid, 0o700)
  const shared = clientRunDirectory(paths, endpoint)
  directory(shared, uid, 0o755)
  chmodSync(shared, 0o755)
}

function directory(place: string, uid: number, mode: number): void {
  mkdirSync(place, { recursive: true, mode })
  chownSync(place, uid, uid)
}
