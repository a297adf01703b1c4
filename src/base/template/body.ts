/** The body of a resource's PUT: what its source holds beside what tells the engine how to deploy it. */
import type { Draft } from './draft.ts'
import { eachExpression } from './each-expression.ts'
import type { Runtime } from './environment.ts'
import { parseOnce } from './evaluator.ts'
import { type Call, type Expression, eachCall } from './expression.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { DEPLOYMENT_TYPE, evaluateDeploymentProperties } from './nested.ts'
import { type Place, placeIn } from './place.ts'
import { evaluateValue } from './value.ts'

const NOT_BODY: ReadonlySet<string> = new Set(
  [
    'type',
    'apiVersion',
    'name',
    'scope',
    'subscriptionId',
    'resourceGroup',
    'condition',
    'existing',
    'copy',
    'dependsOn',
    'resources',
    'comments',
    'metadata',
  ].map(name => name.toLowerCase()),
)

function bodyEntries(source: JsonObject): [string, Json][] {
  return Object.entries(source).filter(([key]) => !NOT_BODY.has(key.toLowerCase()))
}

/** Evaluates the body. `runtime` may be absent for a body that reads nothing. */
export function evaluateBody(draft: Draft, runtime: Runtime | undefined): JsonObject {
  const env = { ...draft.env, runtime }
  const isDeployment = draft.type.toLowerCase() === DEPLOYMENT_TYPE
  return Object.fromEntries(
    bodyEntries(draft.source).map(([key, value]): [string, Json] => {
      const place = placeIn(draft.place, key)
      if (isDeployment && key.toLowerCase() === 'properties' && isObject(value)) {
        return [key, evaluateDeploymentProperties(value, place, env)]
      }
      return [key, evaluateValue(value, place, env)]
    }),
  )
}

/** The names of the functions that read other resources. */
const READS = /^(?:references?|list[a-z]+)$/i

/** Once a resource and not once a turn of its loop: all turns share their source. */
const readsBySource = new WeakMap<JsonObject, readonly Call[]>()

/** The calls by which a body reads other resources when it is deployed. */
export function runtimeReads(source: JsonObject, place: Place, trees: Map<string, Expression>): readonly Call[] {
  const known = readsBySource.get(source)
  if (known) return known
  const calls: Call[] = []
  for (const [key, value] of bodyEntries(source)) {
    eachExpression(value, placeIn(place, key), text =>
      eachCall(parseOnce(text, trees), call => {
        if (call.namespace === undefined && READS.test(call.name)) calls.push(call)
      }),
    )
  }
  readsBySource.set(source, calls)
  return calls
}
