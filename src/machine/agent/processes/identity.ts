/**
 * Who runs what. As root every host and daemon has a uid of its own, recorded nowhere but as the owner of its
 * directory; in a rootless instance all are the user's own uid, and user namespaces keep them apart.
 */
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'

export type Mode = 'root' | 'rootless'

/** First uid of each kind; the holder's is one that no program in a host ever has (recipes/processes). */
export const HOLDER_UID = 199_999
const FIRST_UID = { host: 200_000, appliance: 300_000, client: 400_000 } as const

/** Programs of a host in a rootless instance, in a user namespace of their own. */
export const ROOTLESS_UID = 1000

/** The owner of `directory`, or, where it is not there yet, the lowest uid of the kind that no neighbour owns. */
export function ownerFor(directory: string, kind: keyof typeof FIRST_UID, mode: Mode): number {
  if (mode === 'rootless') return process.getuid?.() ?? 0
  const known = ownerOf(directory)
  if (known !== null && known !== 0) return known
  const taken = new Set(neighbours(directory).map(ownerOf))
  let uid: number = FIRST_UID[kind]
  while (taken.has(uid)) uid++
  return uid
}

function ownerOf(directory: string): number | null {
  try {
    return statSync(directory).uid
  } catch {
    return null
  }
}

function neighbours(directory: string): string[] {
  const parent = path.dirname(directory)
  mkdirSync(parent, { recursive: true, mode: 0o700 })
  return readdirSync(parent).map(name => path.join(parent, name))
}
