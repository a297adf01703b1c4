/** Nested deployments: resources whose properties hold a template. */
import type { Environment } from './environment.ts'
import { isArray, isObject, type Json, type JsonObject, member } from './json.ts'
import { readResourceLoop } from './loop.ts'
import { type Place, placeIn } from './place.ts'
import { evaluateValue } from './value.ts'

export const DEPLOYMENT_TYPE = 'microsoft.resources/deployments'

/** True where the properties of a nested deployment say that its template is evaluated by itself. */
export function isInnerScope(properties: JsonObject): boolean {
  const options = member(properties, 'expressionEvaluationOptions')
  const scope = isObject(options) ? member(options, 'scope') : undefined
  return typeof scope === 'string' && scope.toLowerCase() === 'inner'
}

/**
 * The properties of a nested deployment, ready to be stored and expanded in turn: all is evaluated here but a template
 * in inner scope. One in outer scope, the default, sees the parameters, variables and loops of the template around it.
 */
export function evaluateDeploymentProperties(properties: JsonObject, place: Place, env: Environment): JsonObject {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]): [string, Json] => {
      const inside = placeIn(place, key)
      if (key.toLowerCase() !== 'template' || !isObject(value)) return [key, evaluateValue(value, inside, env)]
      return [key, isInnerScope(properties) ? value : evaluateOuter(value, inside, env)]
    }),
  )
}

/** Loops on resources are unrolled here, because their turns are known only here. */
function evaluateOuter(template: JsonObject, place: Place, env: Environment): JsonObject {
  return Object.fromEntries(
    Object.entries(template).map(([key, value]): [string, Json] => {
      const inside = placeIn(place, key)
      if (key.toLowerCase() !== 'resources' || !isArray(value)) return [key, evaluateValue(value, inside, env, true)]
      return [key, value.flatMap((resource, i) => unroll(resource, placeIn(inside, i), env))]
    }),
  )
}

function unroll(resource: Json, place: Place, env: Environment): Json[] {
  const copy = isObject(resource) ? member(resource, 'copy') : undefined
  if (!isObject(resource) || !isObject(copy)) return [evaluateValue(resource, place, env, true)]
  const loop = readResourceLoop(copy, placeIn(place, 'copy'), env)
  const once = Object.fromEntries(Object.entries(resource).filter(([key]) => key.toLowerCase() !== 'copy'))
  return Array.from({ length: loop.count }, (_, index) => {
    const turns = [...env.turns, { name: loop.name, index, kind: 'resource' as const }]
    return evaluateValue(once, place, { ...env, turns }, true)
  })
}
