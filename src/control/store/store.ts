/**
 * The store: records by kind and key, one rising revision. `load` once, `commit` batches; reads come from memory. A
 * batch is whole or absent after a crash, and `commit` answers only when it is on disk.
 */

/** `document`: what is wanted. `operation`: what a client polls. `deployment`: a template being deployed, its text sealed beside it. */
export type RecordKind = 'document' | 'operation' | 'deployment' | 'deploymentSource'

export interface StoreRecord {
  readonly kind: RecordKind
  readonly key: string
  /** JSON; null deletes. */
  readonly value: unknown
}

export interface Loaded {
  readonly revision: number
  readonly records: readonly StoreRecord[]
}

export interface Store {
  load(): Loaded
  /** Resolves with nothing once the records are durable. Batches of one event-loop turn share one transaction. */
  commit(records: readonly StoreRecord[]): Promise<void>
  /** The revision that the latest commit made or will make. */
  readonly revision: number
  /** The revision that a commit called now would make: batches of one turn share it. */
  readonly nextRevision: number
  close(): void
}
