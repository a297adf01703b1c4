/**
 * Counts wrong PINs so that a crash never gives one back: an attempt is durable before it is made (pkcs11-rpc.md,
 * section 6, rule 6; azure-facts A10.8, A10.9, A10.11).
 */

export interface AttemptLimit {
  /** So many wrong ones in a row end it. */
  readonly limit: number
  /**
   * How many attempts stay reserved on disk after a right one. With 1, a row of right ones writes nothing, and a start
   * counts one attempt that was perhaps never made. With 0 each costs two writes and the count is exact.
   */
  readonly slack: 0 | 1
}

export class Attempts {
  readonly #limit: AttemptLimit
  readonly #save: (count: number) => void
  #failures: number
  #durable: number

  /** `durable` is what the disk says; all of it counts as wrong, for nobody knows how the last one ended. */
  constructor(limit: AttemptLimit, durable: number, save: (count: number) => void) {
    this.#limit = limit
    this.#failures = durable
    this.#durable = durable
    this.#save = save
  }

  get left(): number {
    return Math.max(0, this.#limit.limit - this.#failures)
  }

  /** To be called before the PIN is tried; returns once the attempt is durable. One attempt at a time. */
  reserve(): void {
    if (this.#durable <= this.#failures) this.#write(this.#failures + 1)
  }

  right(): void {
    this.#failures = 0
    if (this.#durable > this.#limit.slack) this.#write(0)
  }

  wrong(): void {
    this.#failures++
  }

  #write(count: number): void {
    this.#save(count)
    this.#durable = count
  }
}
