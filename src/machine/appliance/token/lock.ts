/**
 * The lock of one token directory. SoftHSM 2.6 is not safe with several processes on one (pkcs11-rpc.md, section 6,
 * rule 1), and each connection has a process of its own.
 *
 * `shared`: ordinary calls, signing. `writer`: one at a time, but beside shared ones, so that a key generation of two
 * seconds does not stall signing. `exclusive`: alone; what rewrites the token's own file.
 */
export type LockMode = 'shared' | 'writer' | 'exclusive'

interface Waiter {
  readonly mode: LockMode
  readonly enter: () => void
}

export class TokenLock {
  readonly #active: Record<LockMode, number> = { shared: 0, writer: 0, exclusive: 0 }
  #waiting: Waiter[] = []

  /** Runs `work` while the lock is held in this mode. */
  async hold<T>(mode: LockMode, work: () => Promise<T>): Promise<T> {
    await new Promise<void>(enter => {
      this.#waiting.push({ mode, enter })
      this.#admit()
    })
    try {
      return await work()
    } finally {
      this.#active[mode]--
      this.#admit()
    }
  }

  /**
   * First come, first served: a waiter enters once its mode goes with everyone inside and with everyone who came
   * before. So nobody starves, and a shared call passes a writer that waits, which costs the writer nothing.
   */
  #admit(): void {
    const before: Record<LockMode, number> = { ...this.#active }
    this.#waiting = this.#waiting.filter(({ mode, enter }) => {
      const admitted = compatible(mode, before)
      before[mode]++
      if (admitted) {
        this.#active[mode]++
        enter()
      }
      return !admitted
    })
  }
}

function compatible(mode: LockMode, others: Readonly<Record<LockMode, number>>): boolean {
  switch (mode) {
    case 'shared':
      return others.exclusive === 0
    case 'writer':
      return others.exclusive === 0 && others.writer === 0
    case 'exclusive':
      return others.exclusive === 0 && others.writer === 0 && others.shared === 0
  }
}
