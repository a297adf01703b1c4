/**
 * Reads every expression of a template before anything is evaluated, so that a slip in a branch that today is not taken
 * is found today, and all slips are found at once.
 */
import { eachExpression } from './each-expression.ts'
import { parseOnce } from './evaluator.ts'
import { type Expression, eachCall } from './expression.ts'
import { ExpressionError } from './expression-error.ts'
import { functionOf } from './functions/registry.ts'
import { isArray, isObject, type Json, type JsonObject } from './json.ts'
import { type Place, placeIn } from './place.ts'
import { expressionAt } from './placed.ts'
import type { Gathering } from './refusal.ts'
import type { Template } from './template.ts'
import type { UserFunctions } from './user-functions.ts'

export interface Checks {
  readonly trees: Map<string, Expression>
  readonly userFunction: UserFunctions
  readonly gathering: Gathering
}

/** Checks what will be evaluated: that it parses, names of functions and numbers of arguments; not types. */
export function checkExpressions(template: Template, checks: Checks): void {
  const section = (name: string) => placeIn(undefined, name)
  for (const [name, parameter] of Object.entries(template.parameters)) {
    checkMembers(parameter, placeIn(section('parameters'), name), checks)
  }
  checkValue(template.variables, section('variables'), checks)
  checkValue(template.functions, section('functions'), checks)
  checkResources(template.resources, section('resources'), checks)
  for (const [name, output] of Object.entries(template.outputs)) {
    checkMembers(output, placeIn(section('outputs'), name), checks)
  }
}

function checkResources(resources: Json, place: Place, checks: Checks): void {
  const entries: Iterable<readonly [string | number, Json]> = isArray(resources)
    ? resources.entries()
    : Object.entries(isObject(resources) ? resources : {})
  for (const [key, resource] of entries) checkMembers(resource, placeIn(place, key), checks)
}

/** Texts for people, which may begin and end with brackets as they like. */
const PROSE: ReadonlySet<string> = new Set(['metadata', 'comments'])

function checkMembers(declaration: Json, place: Place, checks: Checks): void {
  for (const [key, value] of Object.entries(isObject(declaration) ? declaration : ({} satisfies JsonObject))) {
    const inside = placeIn(place, key)
    if (key.toLowerCase() === 'resources') checkResources(value, inside, checks)
    else if (!PROSE.has(key.toLowerCase())) checkValue(value, inside, checks)
  }
}

function checkValue(value: Json, place: Place, { trees, userFunction, gathering }: Checks): void {
  eachExpression(value, place, (text, at) =>
    gathering.try(() =>
      expressionAt(text, at, () =>
        eachCall(parseOnce(text, trees), call => {
          if (call.namespace === undefined) functionOf(call)
          else if (userFunction(call.namespace, call.name) === undefined) {
            const name = `${call.namespace}.${call.name}`
            throw new ExpressionError(`the template declares no function '${name}'`, call.at)
          }
        }),
      ),
    ),
  )
}
