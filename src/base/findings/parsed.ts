/** The tagged result of a parse function: a value, or the reason in words that a user can act on. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string }

export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value }
}

export function unparsed(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason }
}
