/** What every linker needs: reading an admitted document, and doing it once. */
import { type Prefix, parsePrefix } from '../../base/net/prefix.ts'
import type { Document } from '../resources/document.ts'

/** A document never changes, so what was linked of it is linked for good: a PUT links only what it brings. */
export function remembered<T>(link: (document: Document) => T): (document: Document) => T {
  const known = new WeakMap<Document, T>()
  return document => {
    const before = known.get(document)
    if (before !== undefined) return before
    const linked = link(document)
    known.set(document, linked)
    return linked
  }
}

/** The schema that admitted a document gave its properties this shape; documents cross no other border. */
export function propertiesOf<T>(document: Document): T {
  return document.properties as unknown as T
}

/** A prefix that a schema let in. */
export function admittedPrefix(text: string): Prefix {
  const result = parsePrefix(text)
  if (!result.ok) throw new Error(`an admitted document holds the prefix '${text}': ${result.reason}`)
  return result.value
}

/** The key that a reference leads to. */
export function keyOf(reference: { readonly id: string } | null | undefined): string | null {
  return reference ? reference.id.toLowerCase() : null
}
