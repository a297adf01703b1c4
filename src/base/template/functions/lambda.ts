/** Lambdas: functions that run an expression for each element. */
import type { Environment } from '../environment.ts'
import type { Expression } from '../expression.ts'
import { ExpressionError } from '../expression-error.ts'
import { isArray, isObject, type Json, type JsonArray, type JsonObject } from '../json.ts'
import { didYouMean } from '../nearest.ts'
import { ANY, type Evaluate, type Family, mismatch, special } from './function.ts'

export const lambdaFunctions: Family = {
  map: special(2, 2, (args, env, evaluate) => {
    const run = lambda(args, 1, [1, 2], env, evaluate)
    return items(args, env, evaluate).map((item, i) => run(item, i))
  }),
  filter: special(2, 2, (args, env, evaluate) => {
    const run = lambda(args, 1, [1, 2], env, evaluate)
    return items(args, env, evaluate).filter((item, i) => isTrue(run(item, i)))
  }),
  reduce: special(3, 3, (args, env, evaluate) => {
    const run = lambda(args, 2, [2, 3], env, evaluate)
    const initial = argument(args, 1, env, evaluate)
    return items(args, env, evaluate).reduce((sum, item, i) => run(sum, item, i), initial)
  }),
  // "If true, the second element is ordered after the first"; the sort is stable.
  sort: special(2, 2, (args, env, evaluate) => {
    const before = lambda(args, 1, [2, 2], env, evaluate)
    return items(args, env, evaluate).toSorted((a, b) => (isTrue(before(a, b)) ? -1 : isTrue(before(b, a)) ? 1 : 0))
  }),
  toObject: special(2, 3, (args, env, evaluate) => {
    const keyOf = lambda(args, 1, [1, 1], env, evaluate)
    const pick = args.length > 2 ? lambda(args, 2, [1, 1], env, evaluate) : (item: Json) => item
    return Object.fromEntries(items(args, env, evaluate).map(item => [toKey(keyOf(item)), pick(item)]))
  }),
  groupBy: special(2, 3, (args, env, evaluate) => {
    const keyOf = lambda(args, 1, [1, 1], env, evaluate)
    const pick = args.length > 2 ? lambda(args, 2, [1, 1], env, evaluate) : (item: Json) => item
    const groups = Map.groupBy(items(args, env, evaluate), item => toKey(keyOf(item)))
    return Object.fromEntries(Array.from(groups, ([key, group]) => [key, group.map(item => pick(item))]))
  }),
  mapValues: special(2, 2, (args, env, evaluate) => {
    const run = lambda(args, 1, [1, 1], env, evaluate)
    const entries = Object.entries(members(args, env, evaluate))
    return Object.fromEntries(entries.map(([key, value]) => [key, run(value)]))
  }),
  lambda: special(1, ANY, () => {
    throw new ExpressionError('it is expected only as an argument of map, filter, reduce, sort and their like')
  }),
  lambdaVariables: special(1, 1, (args, env, evaluate) => {
    const name = argument(args, 0, env, evaluate)
    if (typeof name !== 'string') return mismatch(name, 0, 'a string')
    const value = env.locals.get(name.toLowerCase())
    if (value === undefined) {
      throw new ExpressionError(
        `no lambda around this place has that variable${didYouMean(name, [...env.locals.keys()], env.budget)}`,
      )
    }
    return value
  }),
}

/** Reads `lambda('a', 'b', body)` and gives what runs the body; surplus values, such as an index, are left out. */
function lambda(
  args: readonly Expression[],
  index: number,
  [min, max]: readonly [number, number],
  env: Environment,
  evaluate: Evaluate,
): (...values: readonly Json[]) => Json {
  const node = args[index]
  const body = node?.kind === 'call' && node.name.toLowerCase() === 'lambda' ? node.args.at(-1) : undefined
  if (node?.kind !== 'call' || body === undefined) throw new ExpressionError(`argument ${index + 1} must be a lambda`)
  const names = node.args.slice(0, -1).map(name => {
    if (name.kind === 'literal' && typeof name.value === 'string') return name.value.toLowerCase()
    throw new ExpressionError('the variables of a lambda must be literal strings', name.at)
  })
  if (names.length < min || names.length > max) {
    throw new ExpressionError(`this lambda must have ${min === max ? min : `${min} or ${max}`} variables`, node.at)
  }
  return (...values) => {
    const locals = new Map(env.locals)
    for (const [i, name] of names.entries()) locals.set(name, values[i] ?? null)
    return env.budget.admit(evaluate(body, { ...env, locals }))
  }
}

function argument(args: readonly Expression[], index: number, env: Environment, evaluate: Evaluate): Json {
  const node = args[index]
  if (node === undefined) throw new Error('arity was checked')
  return evaluate(node, env)
}

function items(args: readonly Expression[], env: Environment, evaluate: Evaluate): JsonArray {
  const value = argument(args, 0, env, evaluate)
  return isArray(value) ? value : mismatch(value, 0, 'an array')
}

function members(args: readonly Expression[], env: Environment, evaluate: Evaluate): JsonObject {
  const value = argument(args, 0, env, evaluate)
  return isObject(value) ? value : mismatch(value, 0, 'an object')
}

function isTrue(value: Json): boolean {
  if (typeof value !== 'boolean') throw new ExpressionError('its lambda must give a boolean')
  return value
}

function toKey(value: Json): string {
  if (typeof value !== 'string') throw new ExpressionError('its key lambda must give a string')
  return value
}
