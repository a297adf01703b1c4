/**
 * Mends what a death in the middle of a call left (pkcs11-rpc.md, section 6, rules 2 and 3): SoftHSM rewrites files in
 * place, so a kill during a login leaves token.object empty, and with it the key of everything in the token. Nothing
 * that is removed here was ever acknowledged. All of it is to be called with the lock held exclusively.
 */
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { writeFileAtomicSync } from '../../../base/process/atomic-file.ts'
import { isWholeObject, isWholeToken, samePins } from './object-file.ts'
import { readIfThere, snapshotFile, type TokenPaths, tokenDirectories } from './paths.ts'

/** What was mended; all zero is the rule. */
export interface Repair {
  /** token.object brought back from its snapshot. */
  readonly restored: number
  /** Tokens whose making was never finished. */
  readonly removed: number
  /** Torn objects taken out. */
  readonly torn: number
}

const NOTHING = Buffer.alloc(0)

/** Before the first process of a token starts, and after any died where it may have been writing. */
export async function repairToken(paths: TokenPaths): Promise<Repair> {
  const repair = { restored: 0, removed: 0, torn: 0 }
  for (const token of await tokenDirectories(paths)) {
    const file = path.join(paths.store, token, 'token.object')
    const snapshot = snapshotFile(paths, token)
    const found = (await readIfThere(file)) ?? NOTHING
    const known = await readIfThere(snapshot)
    if (isWholeToken(found, known)) {
      if (known === null || !samePins(found, known)) writeFileAtomicSync(snapshot, found)
    } else if (known !== null) {
      writeFileAtomicSync(file, known)
      repair.restored++
    } else {
      await rm(path.join(paths.store, token), { recursive: true })
      repair.removed++
      continue
    }
    repair.torn += await removeTorn(paths, token)
  }
  return repair
}

/** Keeps a copy of token.object: after a change of PINs, before it is acknowledged. */
export async function takeSnapshot(paths: TokenPaths): Promise<void> {
  for (const token of await tokenDirectories(paths)) {
    const found = await readIfThere(path.join(paths.store, token, 'token.object'))
    if (found !== null && isWholeToken(found, null)) writeFileAtomicSync(snapshotFile(paths, token), found)
  }
}

/** A torn object would be listed and then fail every use. Empty ones say nothing and go; others are kept aside. */
async function removeTorn(paths: TokenPaths, token: string): Promise<number> {
  const directory = path.join(paths.store, token)
  let torn = 0
  for (const name of await readdir(directory)) {
    if (!name.endsWith('.object') || name === 'token.object') continue
    const file = path.join(directory, name)
    const bytes = (await readIfThere(file)) ?? NOTHING
    if (isWholeObject(bytes)) continue
    torn++
    if (bytes.length > 0) {
      await mkdir(paths.quarantine, { recursive: true, mode: 0o700 })
      await rename(file, path.join(paths.quarantine, name))
    } else {
      await rm(file, { force: true })
    }
    await rm(path.join(directory, `${path.basename(name, '.object')}.lock`), { force: true })
  }
  return torn
}
