/** One application's way to one slot's member: a connection made when it is first needed, and again when it was lost. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Identity } from '../../base/pki/identity.ts'
import type { ClientSlot } from './config.ts'
import type { Pins } from './pins.ts'
import { Upstream } from './upstream.ts'

/** What connecting needs of the client. */
export interface Credentials {
  readonly identity: Identity
  readonly pins: Pins
}

/** Between two tries, in ms. */
const FIRST_PAUSE = 100
const LONGEST_PAUSE = 1000
/** Questions such as "is a token present" come in rows; a member that did not answer is not asked again for each. */
const KNOWN_ABSENT = 1000

export class SlotLink {
  readonly slot: ClientSlot
  readonly #credentials: Credentials
  #upstream: Upstream | null = null
  #connecting: Promise<Upstream | null> | null = null
  #failedAt = Number.NEGATIVE_INFINITY
  #closed = false

  constructor(slot: ClientSlot, credentials: Credentials) {
    this.slot = slot
    this.#credentials = credentials
  }

  /** The connection there is, if it lives. */
  get current(): Upstream | null {
    return this.#upstream?.lost === false ? this.#upstream : null
  }

  /**
   * The connection, made if need be. With patience (ms) a member that is away may come back meanwhile: an error at
   * C_OpenSession stops some applications for good (pkcs11-rpc.md, section 10, rules 2 and 3). Null where it does not, and
   * at once where nobody has trusted the member's certificate.
   */
  async reach(patience: number): Promise<Upstream | null> {
    const end = performance.now() + patience
    if (patience === 0 && performance.now() - this.#failedAt < KNOWN_ABSENT) return this.current
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      const upstream = this.current ?? (await this.#connect())
      if (upstream || !this.#trusted() || this.#closed || performance.now() + pause > end) return upstream
      await sleep(pause)
    }
  }

  close(): void {
    this.#closed = true
    this.#upstream?.close()
  }

  /** Breaks a connection to that HSM: it is not trusted any more. */
  drop(hsm: string): void {
    if (this.#upstream?.hsm === hsm) this.#upstream.close()
  }

  /** Threads of one application that come at once share one connection. */
  #connect(): Promise<Upstream | null> {
    this.#connecting ??= this.#open().finally(() => {
      this.#connecting = null
    })
    return this.#connecting
  }

  async #open(): Promise<Upstream | null> {
    // One member a group for now; with more, the choice is made here.
    const [member] = this.slot.members
    const fingerprint = member ? this.#credentials.pins.fingerprint(member.hsm) : null
    if (!member || fingerprint === null) return null
    try {
      const upstream = await Upstream.open(member, this.#credentials.identity, fingerprint)
      if (this.#closed) upstream.close()
      this.#upstream = upstream
      return this.current
    } catch {
      this.#failedAt = performance.now()
      return null
    }
  }

  #trusted(): boolean {
    return this.slot.members.some(({ hsm }) => this.#credentials.pins.fingerprint(hsm) !== null)
  }
}
