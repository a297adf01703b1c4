/** Array functions, and those that Azure's documentation lists for arrays and strings alike. */
import type { Environment } from '../environment.ts'
import { ExpressionError } from '../expression-error.ts'
import { canonicalText, equalJson, isArray, isObject, type Json, type JsonArray, keyOf, member } from '../json.ts'
import { ANY, array, type Family, fn, integer, mismatch, object, text } from './function.ts'
import { textOf } from './text.ts'

/** Azure's limit on `range`. */
const MAX_RANGE = 10_000
const MAX_INT32 = 2 ** 31 - 1

export const arrayFunctions: Family = {
  array: fn(1, 1, ([value = null]) => (isArray(value) ? value : [value])),
  createArray: fn(0, ANY, args => args),
  concat: fn(1, ANY, (args, env) => (isArray(args[0] ?? null) ? concatArrays(args, env) : concatTexts(args, env))),
  contains: fn(2, 2, contains),
  empty: fn(1, 1, ([value = null]) => value === null || lengthOf(value) === 0),
  length: fn(1, 1, ([value = null]) => lengthOf(value)),
  first: fn(1, 1, ([value = null]) => at(value, 0)),
  last: fn(1, 1, ([value = null]) => at(value, -1)),
  range: fn(2, 2, args => range(integer(args, 0), integer(args, 1))),
  skip: fn(2, 2, args => sequence(args).slice(Math.max(0, integer(args, 1)))),
  take: fn(2, 2, args => sequence(args).slice(0, Math.max(0, integer(args, 1)))),
  flatten: fn(1, 1, args =>
    array(args, 0).flatMap(item => (isArray(item) ? item : mismatch(item, 0, 'an array of arrays'))),
  ),
  distinct: fn(1, 1, (args, env) => distinct(array(args, 0), env)),
  indexOf: fn(2, 2, (args, env) => position(args, env, 'first')),
  lastIndexOf: fn(2, 2, (args, env) => position(args, env, 'last')),
  union: fn(1, ANY, union),
  intersection: fn(1, ANY, intersection),
  indexFromEnd: fn(2, 2, args => {
    const found = array(args, 0).at(-integer(args, 1))
    if (found === undefined || integer(args, 1) < 1) throw new ExpressionError('argument 2 is not a place in the array')
    return found
  }),
  tryIndexFromEnd: fn(2, 2, args => (integer(args, 1) < 1 ? null : (array(args, 0).at(-integer(args, 1)) ?? null))),
}

function concatArrays(args: readonly Json[], env: Environment): Json {
  const arrays = args.map((_, i) => array(args, i))
  env.budget.spend(arrays.reduce((sum, items) => sum + items.length, 0))
  return arrays.flat()
}

function concatTexts(args: readonly Json[], env: Environment): Json {
  const texts = args.map((value, i) =>
    isArray(value) || isObject(value) ? mismatch(value, i, 'a string, as argument 1 is') : textOf(value),
  )
  env.budget.make(texts.reduce((sum, part) => sum + part.length, 0))
  return texts.join('')
}

function lengthOf(value: Json): number {
  if (typeof value === 'string' || isArray(value)) return value.length
  return isObject(value) ? Object.keys(value).length : mismatch(value, 0, 'an array, an object or a string')
}

function at(value: Json, index: 0 | -1): Json {
  if (typeof value === 'string') return value.at(index) ?? ''
  return isArray(value) ? (value.at(index) ?? null) : mismatch(value, 0, 'an array or a string')
}

function sequence(args: readonly Json[]): string | JsonArray {
  return typeof args[0] === 'string' ? args[0] : array(args, 0)
}

function range(start: number, count: number): Json {
  if (count < 0 || count > MAX_RANGE) throw new ExpressionError(`argument 2 must be from 0 to ${MAX_RANGE}`)
  if (start + count > MAX_INT32) throw new ExpressionError(`the range must not pass ${MAX_INT32}`)
  return Array.from({ length: count }, (_, i) => start + i)
}

/** A text's part, with its case; an object's key, without it; an array's element by content. */
function contains(args: readonly Json[], env: Environment): Json {
  const [container = null, item = null] = args
  if (typeof container === 'string') return container.includes(textOf(item))
  if (isObject(container)) return keyOf(container, textOf(item)) !== undefined
  return indexIn(array(args, 0), item, env, 'first') >= 0
}

type End = 'first' | 'last'

/** In a text without regard to case, in an array by content; -1 where it is not. */
function position(args: readonly Json[], env: Environment, end: End): number {
  if (typeof args[0] !== 'string') return indexIn(array(args, 0), args[1] ?? null, env, end)
  const [whole, part] = [args[0].toLowerCase(), text(args, 1).toLowerCase()]
  return end === 'first' ? whole.indexOf(part) : whole.lastIndexOf(part)
}

function indexIn(items: JsonArray, item: Json, env: Environment, end: End): number {
  env.budget.read(items)
  const matches = (candidate: Json) => equalJson(candidate, item)
  return end === 'first' ? items.findIndex(matches) : items.findLastIndex(matches)
}

function distinct(items: JsonArray, env: Environment): JsonArray {
  env.budget.read(items)
  const seen = new Map<string, Json>()
  for (const item of items) {
    const key = canonicalText(item)
    if (!seen.has(key)) seen.set(key, item)
  }
  return [...seen.values()]
}

/** Arrays: each element once, in order of appearance. Objects: merged all the way down, later values over earlier. */
function union(args: readonly Json[], env: Environment): Json {
  if (isArray(args[0] ?? null))
    return distinct(
      args.flatMap((_, i) => array(args, i)),
      env,
    )
  for (const argument of args) env.budget.read(argument)
  return args.map((_, i): Json => object(args, i)).reduce(merge)
}

function merge(base: Json, over: Json): Json {
  if (!isObject(base) || !isObject(over)) return over
  const merged = new Map(Object.entries(base))
  for (const [key, value] of Object.entries(over)) {
    const known = keyOf(base, key)
    merged.set(known ?? key, known === undefined ? value : merge(base[known] ?? null, value))
  }
  return Object.fromEntries(merged)
}

/** Arrays: the elements of the first that are in all. Objects: its members that all others have with equal values. */
function intersection(args: readonly Json[], env: Environment): Json {
  for (const argument of args) env.budget.read(argument)
  if (isArray(args[0] ?? null)) {
    const others = args.slice(1).map((_, i) => new Set(array(args, i + 1).map(canonicalText)))
    return distinct(array(args, 0), env).filter(item => others.every(other => other.has(canonicalText(item))))
  }
  const others = args.slice(1).map((_, i) => object(args, i + 1))
  return Object.fromEntries(
    Object.entries(object(args, 0)).filter(([key, value]) => {
      const wanted = canonicalText(value)
      return others.every(other => {
        const held = member(other, key)
        return held !== undefined && canonicalText(held) === wanted
      })
    }),
  )
}
