/** Statuses waiting for their reader. */
import type { Status } from '../../model/plan/status.ts'

export class StatusQueue implements AsyncIterable<Status> {
  #items: Status[] = []
  #wake: (() => void) | null = null
  #ended = false

  push(status: Status): void {
    this.#items.push(status)
    this.#wake?.()
  }

  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Status> {
    while (true) {
      const items = this.#items
      this.#items = []
      yield* items
      if (this.#items.length > 0) continue
      if (this.#ended) return
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
      this.#wake = null
    }
  }
}
