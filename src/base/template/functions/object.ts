/** Object functions; those for objects and arrays alike are with the arrays. */
import type { Environment } from '../environment.ts'
import { ExpressionError } from '../expression-error.ts'
import { isArray, isObject, type Json, type JsonArray, member } from '../json.ts'
import { ANY, array, type Family, fn, mismatch, object, text } from './function.ts'

export const objectFunctions: Family = {
  createObject: fn(0, ANY, createObject),
  null: fn(0, 0, () => null),
  items: fn(1, 1, (args, env) => sortedKeys(args, env).map(key => ({ key, value: object(args, 0)[key] ?? null }))),
  objectKeys: fn(1, 1, sortedKeys),
  shallowMerge: fn(1, 1, (args, env) => {
    env.budget.read(args[0] ?? null)
    return shallowMerge(array(args, 0))
  }),
  tryGet: fn(2, ANY, ([value = null, ...path]) => tryGet(value, path)),
}

/** Members are matched without case and keep the first spelling; later values count. */
function shallowMerge(objects: JsonArray): Json {
  const merged = new Map<string, readonly [string, Json]>()
  for (const item of objects) {
    const part = isObject(item) ? item : mismatch(item, 0, 'an array of objects')
    for (const [key, value] of Object.entries(part)) {
      const folded = key.toLowerCase()
      merged.set(folded, [merged.get(folded)?.[0] ?? key, value])
    }
  }
  return Object.fromEntries(merged.values())
}

function createObject(args: readonly Json[]): Json {
  if (args.length % 2 !== 0) throw new ExpressionError('it takes pairs of a key and a value')
  const members = new Map<string, Json>()
  for (let i = 0; i < args.length; i += 2) members.set(text(args, i), args[i + 1] ?? null)
  return Object.fromEntries(members)
}

const dictionary = new Intl.Collator('en')

/** Keys in the order of a dictionary, as Azure/bicep's tests of `items` show. */
function sortedKeys(args: readonly Json[], env: Environment): string[] {
  env.budget.read(args[0] ?? null)
  return Object.keys(object(args, 0)).sort(dictionary.compare)
}

/** `.?a.b`: null where the first step leads nowhere; from there on a missing step is an error, as for `.b`. */
function tryGet(value: Json, [first = null, ...rest]: readonly Json[]): Json {
  let found = step(value, first, 1) ?? null
  if (found === null) return null
  for (const [i, key] of rest.entries()) {
    const next = step(found, key, i + 2)
    if (next === undefined) throw new ExpressionError(`argument ${i + 3} names nothing that is there`)
    found = next
  }
  return found
}

function step(value: Json, key: Json, index: number): Json | undefined {
  if (typeof key === 'string') return isObject(value) ? member(value, key) : undefined
  if (typeof key !== 'number') return mismatch(key, index, 'a string or an integer')
  return isArray(value) ? value[key] : undefined
}
