/** Numeric functions. Numbers are integers; a float comes only out of `float` and `json`. */
import type { Environment } from '../environment.ts'
import { ExpressionError } from '../expression-error.ts'
import { isArray, type Json } from '../json.ts'
import { ANY, type Family, fn, integer, mismatch, optional, text } from './function.ts'

export const numericFunctions: Family = {
  add: fn(2, 2, args => exact(integer(args, 0) + integer(args, 1))),
  sub: fn(2, 2, args => exact(integer(args, 0) - integer(args, 1))),
  mul: fn(2, 2, args => exact(integer(args, 0) * integer(args, 1))),
  div: fn(2, 2, args => exact(Math.trunc(integer(args, 0) / divisor(args)))),
  mod: fn(2, 2, args => exact(integer(args, 0) % divisor(args))),
  min: fn(1, ANY, (args, env) => extreme(args, env, (a, b) => a < b)),
  max: fn(1, ANY, (args, env) => extreme(args, env, (a, b) => a > b)),
  int: fn(1, 1, args => toInteger(args[0] ?? null)),
  float: fn(1, 1, args => toFloat(args[0] ?? null)),
  copyIndex: fn(0, 2, (args, env) => copyIndex(args, env)),
}

/** Azure counts in 64 bits, a double exactly in 53: past those, an error is better than a wrong digit. */
function exact(value: number): number {
  if (!Number.isSafeInteger(value)) throw new ExpressionError('its result is too large to be held exactly')
  return value === 0 ? 0 : value // never -0
}

function divisor(args: readonly Json[]): number {
  const value = integer(args, 1)
  if (value === 0) throw new ExpressionError('it divides by zero')
  return value
}

function extreme(args: readonly Json[], env: Environment, better: (a: number, b: number) => boolean): number {
  const only = args[0] ?? null
  const items = args.length === 1 && isArray(only) ? only : args
  env.budget.read(only)
  if (items.length === 0) throw new ExpressionError('argument 1 is an empty array')
  const integers = items.map((item, i) =>
    typeof item === 'number' ? item : mismatch(item, items === args ? i : 0, 'an integer, or an array of integers'),
  )
  return integers.reduce((best, item) => (better(item, best) ? item : best))
}

function toInteger(value: Json): number {
  if (typeof value === 'number') return exact(Math.trunc(value))
  if (typeof value !== 'string') return mismatch(value, 0, 'an integer or a string')
  if (!/^\s*[+-]?\d+\s*$/.test(value)) throw new ExpressionError('argument 1 is not the text of an integer')
  return exact(Number(value))
}

function toFloat(value: Json): number {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return mismatch(value, 0, 'a number or a string')
  if (!/^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/.test(value) || !Number.isFinite(Number(value))) {
    throw new ExpressionError('argument 1 is not the text of a number')
  }
  return Number(value)
}

/**
 * copyIndex(), copyIndex(offset), copyIndex('loop'), copyIndex('loop', offset). Without a name it means the loop of the
 * nearest resource or output, also inside a loop of a property; only where there is none, the nearest loop.
 */
function copyIndex(args: readonly Json[], env: Environment): number {
  const named = typeof args[0] === 'string'
  const loop = named ? text(args, 0) : undefined
  const offset = optional(args, named ? 1 : 0, integer) ?? 0
  const turn =
    loop === undefined
      ? (env.turns.findLast(({ kind }) => kind === 'resource') ?? env.turns.at(-1))
      : env.turns.findLast(({ name }) => name.toLowerCase() === loop.toLowerCase())
  if (turn) return turn.index + offset
  throw new ExpressionError(
    env.turns.length === 0
      ? 'it is not expected at this location: it can be used only in a resource or property with copy specified'
      : 'no copy loop around this place has that name',
  )
}
