/** Evaluates a JSON value with expressions inside, and the copy loops of its properties. */
import type { Environment, Turn } from './environment.ts'
import { escapeText, isExpression, unescapeText } from './expression.ts'
import { isArray, isObject, type Json, type JsonArray, typeName } from './json.ts'
import { type PropertyLoop, readPropertyLoop } from './loop.ts'
import { type Place, placeIn } from './place.ts'
import { textAt, workAt, wrongAt } from './placed.ts'

/**
 * The value with every expression in it evaluated; keys may be expressions too, as in `hidden-link:` tags.
 *
 * `escaped` is for what will be evaluated once more, the template of a nested deployment in outer scope: computed texts
 * are then escaped, so that a value is never taken for an expression.
 */
export function evaluateValue(value: Json, place: Place, env: Environment, escaped = false): Json {
  if (typeof value === 'string') {
    const computed = textAt(value, place, env)
    return escaped && isExpression(value) ? escapeValue(computed) : computed
  }
  if (!isArray(value) && !isObject(value)) return value
  return workAt(place, () =>
    env.budget.nest(() => {
      env.budget.spend(isArray(value) ? value.length : Object.keys(value).length)
      if (isArray(value)) return value.map((item, i) => evaluateValue(item, placeIn(place, i), env, escaped))
      return Object.fromEntries(
        Object.entries(value).flatMap(([key, item]): [string, Json][] => {
          const inside = placeIn(place, key)
          if (key.toLowerCase() === 'copy' && isArray(item)) return evaluateLoops(item, inside, env, escaped)
          return [[keyAt(key, inside, env, escaped), evaluateValue(item, inside, env, escaped)]]
        }),
      )
    }),
  )
}

/** A property `copy: [{name, count, input}]` stands for a property `name` with one element a turn. */
function evaluateLoops(copy: JsonArray, place: Place, env: Environment, escaped: boolean): [string, Json][] {
  return copy.map((item, i) => {
    const loop = readPropertyLoop(item, placeIn(place, i), env)
    return [loop.name, evaluateLoop(loop, 'property', env, escaped)]
  })
}

/** The input of a loop, evaluated once a turn. */
export function evaluateLoop(loop: PropertyLoop, kind: Turn['kind'], env: Environment, escaped = false): JsonArray {
  const place = placeIn(loop.place, 'input')
  const evaluateTurn = (index: number) => {
    const turns = [...env.turns, { name: loop.name, index, kind }]
    return env.budget.nest(() => evaluateValue(loop.input, place, { ...env, turns }, escaped))
  }
  return workAt(place, () => Array.from({ length: loop.count }, (_, index) => evaluateTurn(index)))
}

function keyAt(key: string, place: Place, env: Environment, escaped: boolean): string {
  if (!isExpression(key)) return unescapeText(key)
  const value = textAt(key, place, env)
  if (typeof value === 'string') return escaped ? escapeText(value) : value
  throw wrongAt(place, `a key must be a string, and it is of type ${typeName(value)}`, 'Give a string as the key.')
}

function escapeValue(value: Json): Json {
  if (typeof value === 'string') return escapeText(value)
  if (isArray(value)) return value.map(escapeValue)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [escapeText(key), escapeValue(item)]))
}
