/** Undated statuses → the stream that watchers get: everything first, then what changes. */
import type { ElementStatus, Status } from '../../model/plan/status.ts'
import type { UndatedStatus } from './status.ts'

export class StatusStream {
  readonly #last = new Map<string, ElementStatus>()
  readonly #watchers = new Set<(status: Status) => void>()
  readonly #machine: () => string
  readonly #revision: () => number
  #settled = false
  #toldRevision = -1

  constructor(machine: () => string, revision: () => number) {
    this.#machine = machine
    this.#revision = revision
  }

  /** Calls at once with everything, then with each change. Answers how to end it. */
  watch(watcher: (status: Status) => void): () => void {
    watcher(this.#status([...this.#last.values()], [], new Date().toISOString()))
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  /** Dates what is new, and tells every watcher what differs from the last time. */
  note(statuses: readonly UndatedStatus[], settled: boolean): void {
    const now = new Date().toISOString()
    const changed = statuses.flatMap(status => {
      const before = this.#last.get(status.id)
      const same = before?.state === status.state && before.message === status.message
      const dated: ElementStatus = { ...status, since: same ? before.since : now }
      if (before && JSON.stringify(before) === JSON.stringify(dated)) return []
      this.#last.set(status.id, dated)
      return [dated]
    })
    const ids = new Set(statuses.map(status => status.id))
    const removed = [...this.#last.keys()].filter(id => !ids.has(id))
    for (const id of removed) this.#last.delete(id)
    const nothing = changed.length + removed.length === 0
    if (nothing && settled === this.#settled && this.#revision() === this.#toldRevision) return
    this.#settled = settled
    this.#toldRevision = this.#revision()
    const status = this.#status(changed, removed, now)
    for (const watcher of this.#watchers) watcher(status)
  }

  #status(elements: ElementStatus[], removed: string[], at: string): Status {
    const revision = Math.max(0, this.#revision())
    return { machine: this.#machine(), revision, elements, removed, settled: this.#settled, at }
  }
}
