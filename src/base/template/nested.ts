/** Nested deployments: resources whose properties hold a template. */
import type { Environment } from './environment.ts'
import { isArray, isObject, type Json, type JsonArray, type JsonObject, keyOf, member } from './json.ts'
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

function evaluateOuter(template: JsonObject, place: Place, env: Environment): JsonObject {
  return Object.fromEntries(
    Object.entries(template).map(([key, value]): [string, Json] => {
      const inside = placeIn(place, key)
      if (key.toLowerCase() !== 'resources' || !isArray(value)) return [key, evaluateValue(value, inside, env, true)]
      return [key, evaluateOuterResources(value, inside, env)]
    }),
  )
}

/** Loops are unrolled here, because their turns are known only here; who waits for a loop then waits for each turn. */
function evaluateOuterResources(resources: JsonArray, place: Place, env: Environment): JsonArray {
  const loops = new Map<string, readonly Json[]>()
  const unrolled = resources.flatMap((resource, i) => {
    const { turns, loop } = unroll(resource, placeIn(place, i), env)
    if (loop !== undefined) loops.set(loop.toLowerCase(), turns.map(typeAndName))
    return turns
  })
  return unrolled.map(resource => {
    const key = isObject(resource) ? keyOf(resource, 'dependsOn') : undefined
    if (!isObject(resource) || key === undefined) return resource
    const dependsOn = resource[key]
    if (!isArray(dependsOn)) return resource
    const each = (text: Json) => (typeof text === 'string' ? (loops.get(text.toLowerCase()) ?? [text]) : [text])
    return { ...resource, [key]: dependsOn.flatMap(each) }
  })
}

function unroll(resource: Json, place: Place, env: Environment): { turns: readonly Json[]; loop?: string } {
  const copy = isObject(resource) ? member(resource, 'copy') : undefined
  if (!isObject(resource) || !isObject(copy)) return { turns: [evaluateValue(resource, place, env, true)] }
  const { name, count } = readResourceLoop(copy, placeIn(place, 'copy'), env)
  const once = Object.fromEntries(Object.entries(resource).filter(([key]) => key.toLowerCase() !== 'copy'))
  const evaluateTurn = (index: number) => {
    const turns = [...env.turns, { name, index, kind: 'resource' as const }]
    return evaluateValue(once, place, { ...env, turns }, true)
  }
  return { turns: Array.from({ length: count }, (_, index) => evaluateTurn(index)), loop: name }
}

function typeAndName(resource: Json): Json {
  return isObject(resource) ? `${member(resource, 'type')}/${member(resource, 'name')}` : null
}
