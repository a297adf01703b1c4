/** One partition's token: its files, the lock over them, and how a call is run so that nothing acknowledged is lost. */
import { rm } from 'node:fs/promises'
import path from 'node:path'
import type { CallName } from '../../../base/pkcs11/calls.ts'
import { CKR } from '../../../base/pkcs11/constants.ts'
import { resultOf } from '../../../base/pkcs11/message.ts'
import { syncDirectory } from '../../../base/process/atomic-file.ts'
import type { Attempts } from './attempts.ts'
import { Durability, type Writes } from './durability.ts'
import { type LockMode, TokenLock } from './lock.ts'
import { prepareToken, type TokenPaths, tokenPaths } from './paths.ts'
import type { Remote } from './remote.ts'
import { repairToken, takeSnapshot } from './repair.ts'

/** The roles of a partition: its security officer, and the crypto officer, which is PKCS#11's user. */
export type Role = 'so' | 'co'

/** How a call treats the token's files. */
export interface Treatment {
  readonly lock: LockMode
  readonly writes: Writes
}

export class Token {
  readonly paths: TokenPaths
  readonly lock = new TokenLock()
  readonly attempts: Readonly<Record<Role, Attempts>>
  readonly #durability: Durability
  readonly #log: (line: string) => void
  #opened: Promise<void> | null = null

  constructor(root: string, attempts: Readonly<Record<Role, Attempts>>, log: (line: string) => void) {
    this.paths = tokenPaths(root)
    this.attempts = attempts
    this.#durability = new Durability(this.paths)
    this.#log = log
  }

  /** Makes the token's directory and mends what is in it, once, before the first process uses it. */
  open(): Promise<void> {
    this.#opened ??= this.#prepare().catch(error => {
      this.#opened = null
      throw error
    })
    return this.#opened
  }

  /**
   * Runs one call. The caller holds the lock in the mode of the treatment. What the call changed is durable when this
   * returns; rejects with RemoteLost where the process died.
   */
  async run(remote: Remote, name: CallName, body: Buffer, { lock, writes }: Treatment): Promise<Buffer> {
    const since = Date.now()
    try {
      const answer = await remote.call(body)
      if (writes !== 'nothing' && resultOf(answer, name) === CKR.OK) {
        await this.#durability.sync(writes, since)
        if (writes === 'token') await takeSnapshot(this.paths)
      }
      return answer
    } catch (error) {
      // It died, perhaps while it wrote. Whoever comes next must find whole files; a torn object harms nobody until then.
      if (lock === 'exclusive') await this.#repair()
      if (lock === 'writer') this.#repairSoon()
      throw error
    }
  }

  /** Destroys everything in the token. Its processes must have ended. */
  async destroy(): Promise<void> {
    await this.lock.hold('exclusive', async () => {
      await rm(this.paths.root, { recursive: true, force: true })
      syncDirectory(path.dirname(this.paths.root))
      this.#opened = null
    })
  }

  async #prepare(): Promise<void> {
    await this.lock.hold('exclusive', async () => {
      prepareToken(this.paths)
      await this.#repair()
      await this.#durability.learn()
    })
  }

  #repairSoon(): void {
    this.lock
      .hold('exclusive', () => this.#repair())
      .catch(error => this.#log(`token not mended before its next start: ${error}`))
  }

  async #repair(): Promise<void> {
    const { restored, removed, torn } = await repairToken(this.paths)
    if (restored + removed + torn > 0) {
      this.#log(`token mended: ${restored} restored, ${removed} unfinished removed, ${torn} torn objects taken out`)
    }
  }
}
