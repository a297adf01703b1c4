/**
 * Documents: what users want, as stored. A document is never changed, only replaced; a set of them is persistent, so
 * that a change is tried beside the set it starts from and thrown away when a rule refuses it.
 */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }
export type JsonObject = { readonly [name: string]: Json }

/**
 * Facts that are chosen once, when a document is admitted, and never derived again: a private IP, a stamp, a MAC, a
 * serial number, a GUID.
 */
export interface Assigned {
  readonly etag: string
  readonly guid: string
  /** Of its one ip configuration, or of the device. */
  readonly address?: string
  readonly mac?: string
  readonly stamp?: string
  readonly serial?: string
  /** Of a companion: the key of the resource that made it and alone may change it. */
  readonly managedBy?: string
}

export interface Document {
  /** As first written. */
  readonly id: string
  readonly key: string
  /** In the registry's spelling. */
  readonly type: string
  readonly name: string
  readonly location?: string
  readonly tags?: { readonly [name: string]: string }
  readonly sku?: JsonObject
  readonly zones?: readonly string[]
  readonly properties: JsonObject
  readonly assigned: Assigned
  readonly createdAt: string
}

export type DocumentChange =
  | { readonly kind: 'put'; readonly document: Document }
  | { readonly kind: 'delete'; readonly document: Document }

const NONE: ReadonlyMap<string, Document> = new Map()

/** A persistent set of documents, indexed by type. Replacing one copies only its type's index. */
export class DocumentSet {
  static readonly empty = new DocumentSet(new Map())
  readonly #byType: ReadonlyMap<string, ReadonlyMap<string, Document>>

  private constructor(byType: ReadonlyMap<string, ReadonlyMap<string, Document>>) {
    this.#byType = byType
  }

  static of(documents: Iterable<Document>): DocumentSet {
    return DocumentSet.empty.with([...documents].map(document => ({ kind: 'put', document })))
  }

  with(changes: readonly DocumentChange[]): DocumentSet {
    if (changes.length === 0) return this
    const byType = new Map(this.#byType)
    const copied = new Map<string, Map<string, Document>>()
    for (const { kind, document } of changes) {
      const type = document.type.toLowerCase()
      let index = copied.get(type)
      if (index === undefined) {
        index = new Map(byType.get(type))
        copied.set(type, index)
        byType.set(type, index)
      }
      if (kind === 'put') index.set(document.key, document)
      else index.delete(document.key)
    }
    return new DocumentSet(byType)
  }

  /** By id, in any case. */
  get(type: string, id: string): Document | undefined {
    return this.#byType.get(type.toLowerCase())?.get(id.toLowerCase())
  }

  ofType(type: string): ReadonlyMap<string, Document> {
    return this.#byType.get(type.toLowerCase()) ?? NONE
  }

  /** Every document whose id extends `key`, the one of that key included. */
  *below(key: string): Generator<Document> {
    for (const index of this.#byType.values()) {
      for (const document of index.values()) {
        if (document.key === key || document.key.startsWith(`${key}/`)) yield document
      }
    }
  }

  *all(): Generator<Document> {
    for (const index of this.#byType.values()) yield* index.values()
  }
}
