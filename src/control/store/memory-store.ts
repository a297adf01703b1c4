/** A store that forgets: for tests and for questions asked with no server running. */
import type { Loaded, Store, StoreRecord } from './store.ts'

export class MemoryStore implements Store {
  readonly #records = new Map<string, StoreRecord>()
  revision = 0

  get nextRevision(): number {
    return this.revision + 1
  }

  load(): Loaded {
    return { revision: this.revision, records: [...this.#records.values()] }
  }

  async commit(records: readonly StoreRecord[]): Promise<void> {
    this.revision++
    for (const record of records) {
      const key = `${record.kind} ${record.key}`
      if (record.value === null) this.#records.delete(key)
      else this.#records.set(key, record)
    }
  }

  close(): void {}
}
