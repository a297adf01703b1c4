/** Makes a token's changes durable before they are acknowledged: SoftHSM itself syncs nothing (pkcs11-rpc.md, 5e). */
import { open, readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { isMissing, type TokenPaths, tokenDirectories } from './paths.ts'

/** What a call may have changed on disk: nothing, objects that were not there before, any object, the token itself. */
export type Writes = 'nothing' | 'new objects' | 'any object' | 'token'

/** The kernel stamps files with a clock of up to 10 ms. */
const COARSE_CLOCK = 10

export class Durability {
  readonly #paths: TokenPaths
  /** Files known to be durable. New ones are told by their names: a stat of each of 19,000 objects is spared. */
  readonly #known = new Set<string>()

  constructor(paths: TokenPaths) {
    this.#paths = paths
  }

  /** Takes what is there as durable: at the start, after repair. */
  async learn(): Promise<void> {
    for (const token of await tokenDirectories(this.#paths)) {
      for (const name of await readdir(path.join(this.#paths.store, token))) this.#known.add(path.join(token, name))
    }
  }

  /** `since` is when the call began, in ms: the files that a call rewrites in place are told by their time. */
  async sync(writes: Writes, since: number): Promise<void> {
    if (writes === 'nothing') return
    for (const token of await tokenDirectories(this.#paths)) {
      const directory = path.join(this.#paths.store, token)
      for (const name of await readdir(directory)) {
        const known = this.#known.has(path.join(token, name))
        const file = path.join(directory, name)
        if (known && name !== 'generation' && (writes === 'new objects' || !(await changed(file, since)))) continue
        await sync(file)
        this.#known.add(path.join(token, name))
      }
      await sync(directory)
    }
    if (writes === 'token') await sync(this.#paths.store)
  }
}

async function changed(file: string, since: number): Promise<boolean> {
  try {
    return (await stat(file)).mtimeMs >= since - COARSE_CLOCK
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

/** A file that is gone meanwhile needs no sync: its directory's makes that durable. */
async function sync(file: string): Promise<void> {
  try {
    const handle = await open(file, 'r')
    await handle.sync().finally(() => handle.close())
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}
