/** The last status of every element, and those who wait for it to become something. */
import type { ElementStatus, Status } from '../../model/plan/status.ts'
import { NOTHING_OBSERVED, type Observed } from '../view/readiness.ts'

interface Waiter {
  /** True once it was answered. */
  readonly look: () => boolean
}

export class Observation {
  readonly #elements = new Map<string, ElementStatus>()
  #now: Observed = NOTHING_OBSERVED
  #waiters: Waiter[] = []

  get now(): Observed {
    return this.#now
  }

  take(status: Status): void {
    for (const element of status.elements) this.#elements.set(element.id, element)
    for (const id of status.removed) this.#elements.delete(id)
    this.#now = { revision: status.revision, elements: this.#elements, settled: status.settled, at: status.at }
    this.lookAgain()
  }

  /** For waiters whose answer also hangs on what is wanted. */
  lookAgain(): void {
    this.#waiters = this.#waiters.filter(waiter => !waiter.look())
  }

  /** Resolves with the first value that `look` gives, asked now and after every status. */
  until<T>(look: () => { readonly value: T } | undefined): Promise<T> {
    return new Promise(resolve => {
      const waiter: Waiter = {
        look: () => {
          const found = look()
          if (found === undefined) return false
          resolve(found.value)
          return true
        },
      }
      if (!waiter.look()) this.#waiters.push(waiter)
    })
  }
}
