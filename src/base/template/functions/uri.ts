/** Functions on URIs, which Azure lists among the string functions. */
import { ExpressionError } from '../expression-error.ts'
import { type Family, fn, text } from './function.ts'
import { fromBase64 } from './string.ts'

export const uriFunctions: Family = {
  uri: fn(2, 2, args => resolve(text(args, 0), text(args, 1))),
  uriComponent: fn(1, 1, args => escapeData(text(args, 0))),
  uriComponentToString: fn(1, 1, args => unescapeData(text(args, 0))),
  dataUri: fn(1, 1, args => `data:text/plain;charset=utf8;base64,${Buffer.from(text(args, 0)).toString('base64')}`),
  dataUriToString: fn(1, 1, args => fromDataUri(text(args, 0))),
}

/** RFC 3986 section 5; a slash that ends the base and one that begins the rest are one. */
function resolve(base: string, relative: string): string {
  const rest = base.endsWith('/') ? relative.replace(/^\/+/, '') : relative
  const resolved = URL.canParse(rest, base) ? new URL(rest, base) : undefined
  if (resolved === undefined) throw new ExpressionError('argument 1 must be an absolute URI')
  return resolved.href
}

/** .NET's EscapeDataString: everything but the unreserved characters of RFC 3986. */
function escapeData(value: string): string {
  return encodeURIComponent(value.toWellFormed()).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function unescapeData(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    throw new ExpressionError('argument 1 is not URI-encoded text')
  }
}

function fromDataUri(value: string): string {
  const parts = /^data:[^,]*?(;base64)?,([\s\S]*)$/i.exec(value)
  if (!parts) throw new ExpressionError('argument 1 is not a data URI')
  const data = parts[2] ?? ''
  return parts[1] ? fromBase64(data) : unescapeData(data)
}
