/**
 * Who runs what. As root every host and daemon has a uid of its own, recorded nowhere but as the owner of its
 * directory; in a rootless instance all are the user's own uid, and user namespaces keep them apart.
 */
import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'

export type Mode = 'root' | 'rootless'

/** The holder's is a uid that no program in a host ever has (recipes/processes). */
export const HOLDER_UID = 199_999
const FIRST_UID = { host: 200_000, appliance: 300_000, client: 400_000 } as const

/** Programs of a host in a rootless instance, in a user namespace of their own. */
export const ROOTLESS_UID = 1000

export class Identities {
  readonly #mode: Mode
  /** Parent directory → the uids that its directories have. */
  readonly #taken = new Map<string, Set<number>>()

  constructor(mode: Mode) {
    this.#mode = mode
  }

  /** The owner of `directory`, or, where it is not there yet, a uid of the kind that none of its neighbours has. */
  uidOf(kind: keyof typeof FIRST_UID, directory: string): number {
    if (this.#mode === 'rootless') return process.getuid?.() ?? 0
    const known = ownerOf(directory)
    if (known !== null && known !== 0) return known
    const taken = this.#takenIn(path.dirname(directory))
    let uid: number = FIRST_UID[kind] + taken.size
    while (taken.has(uid)) uid++
    taken.add(uid)
    return uid
  }

  #takenIn(parent: string): Set<number> {
    const before = this.#taken.get(parent)
    if (before) return before
    const owners = entriesOf(parent).map(name => ownerOf(path.join(parent, name)))
    const taken = new Set(owners.filter(owner => owner !== null))
    this.#taken.set(parent, taken)
    return taken
  }
}

function ownerOf(directory: string): number | null {
  try {
    return statSync(directory).uid
  } catch {
    return null
  }
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
