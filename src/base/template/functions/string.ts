/** String functions. */
import type { Environment } from '../environment.ts'
import { ExpressionError } from '../expression-error.ts'
import { isArray, type Json } from '../json.ts'
import { readJson } from '../json-reader.ts'
import { compositeFormat } from './composite-format.ts'
import { ANY, array, type Family, fn, integer, mismatch, optional, text } from './function.ts'
import { guidOf, uniqueStringOf } from './hash.ts'
import { textOf } from './text.ts'

export const stringFunctions: Family = {
  string: fn(1, 1, ([value = null], env) => {
    env.budget.read(value)
    return textOf(value)
  }),
  format: fn(1, ANY, (args, env) => compositeFormat(text(args, 0), args.slice(1), env.budget)),
  toLower: fn(1, 1, args => text(args, 0).toLowerCase()),
  toUpper: fn(1, 1, args => text(args, 0).toUpperCase()),
  trim: fn(1, 1, args => text(args, 0).trim()),
  startsWith: fn(2, 2, args => text(args, 0).toLowerCase().startsWith(text(args, 1).toLowerCase())),
  endsWith: fn(2, 2, args => text(args, 0).toLowerCase().endsWith(text(args, 1).toLowerCase())),
  like: fn(2, 2, args => like(text(args, 0).toLowerCase(), text(args, 1).toLowerCase())),
  substring: fn(2, 3, args => substring(text(args, 0), integer(args, 1), optional(args, 2, integer))),
  replace: fn(3, 3, (args, env) => replace(text(args, 0), text(args, 1), text(args, 2), env)),
  split: fn(2, 2, split),
  join: fn(2, 2, join),
  padLeft: fn(2, 3, (args, env) => padLeft(args, env)),
  uniqueString: fn(1, ANY, args => uniqueStringOf(args.map((_, i) => text(args, i)))),
  guid: fn(1, ANY, args => guidOf(args.map((_, i) => text(args, i)))),
  newGuid: fn(0, 0, (_, env) => {
    if (!env.inDefault) throw new ExpressionError('it can be used only in the default value of a parameter')
    return env.facts.newGuid()
  }),
  base64: fn(1, 1, args => Buffer.from(text(args, 0), 'utf8').toString('base64')),
  base64ToString: fn(1, 1, args => fromBase64(text(args, 0))),
  base64ToJson: fn(1, 1, args => toJson(fromBase64(text(args, 0)))),
  json: fn(1, 1, args => toJson(text(args, 0))),
  fail: fn(1, 1, args => {
    throw new ExpressionError(text(args, 0))
  }),
}

export function fromBase64(encoded: string): string {
  if (encoded.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(encoded)) {
    throw new ExpressionError('argument 1 is not base64')
  }
  return Buffer.from(encoded, 'base64').toString('utf8')
}

function toJson(source: string): Json {
  const read = readJson(source)
  // The reader's reason may quote a character of the text, and the text may be secret.
  if (!read.ok) throw new ExpressionError('argument 1 is not the text of a JSON value')
  return read.value.value
}

function substring(whole: string, start: number, length: number | undefined): string {
  const end = start + (length ?? whole.length - start)
  if (start < 0 || end < start || end > whole.length) {
    throw new ExpressionError(`the start and length must lie within the string of ${whole.length} characters`)
  }
  return whole.slice(start, end)
}

function replace(whole: string, old: string, by: string, env: Environment): string {
  if (old === '') throw new ExpressionError('argument 2, the text to replace, is empty')
  const pieces = whole.split(old)
  env.budget.make(whole.length + pieces.length * by.length)
  return pieces.join(by)
}

/** Like .NET's Split: empty delimiters count for nothing, and none at all means white space. */
function split(args: readonly Json[], env: Environment): Json {
  const delimiters = (isArray(args[1] ?? null) ? array(args, 1) : [text(args, 1)]).map(delimiter =>
    typeof delimiter === 'string' ? delimiter : mismatch(delimiter, 1, 'a string or an array of strings'),
  )
  const patterns = delimiters.filter(Boolean).map(delimiter => delimiter.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
  env.budget.scan(text(args, 0).length * patterns.length)
  return text(args, 0).split(patterns.length === 0 ? /\s/ : new RegExp(patterns.join('|')))
}

function join(args: readonly Json[], env: Environment): string {
  const delimiter = text(args, 1)
  env.budget.read(array(args, 0))
  const parts = array(args, 0).map(item => (isArray(item) ? mismatch(item, 0, 'an array of strings') : textOf(item)))
  env.budget.make(parts.reduce((sum, part) => sum + part.length + delimiter.length, 0))
  return parts.join(delimiter)
}

function padLeft(args: readonly Json[], env: Environment): string {
  const value = typeof args[0] === 'number' ? String(args[0]) : text(args, 0)
  const width = integer(args, 1)
  const filler = optional(args, 2, text) ?? ' '
  if (filler.length !== 1) throw new ExpressionError('argument 3 must be one character')
  env.budget.make(width)
  return value.padStart(width, filler)
}

/** `*` stands for any text. The pieces between are found from left to right, so time is linear. */
function like(whole: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return whole === first
  if (whole.length < first.length + last.length || !whole.startsWith(first) || !whole.endsWith(last)) return false
  let at = first.length
  for (const piece of rest) {
    const found = whole.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return at <= whole.length - last.length
}
