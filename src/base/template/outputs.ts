/** The outputs of a template, evaluated when its resources stand. */
import type { Environment } from './environment.ts'
import { outputInvalid } from './findings.ts'
import { isObject, type Json, type JsonObject, member, typeName } from './json.ts'
import { readOutputLoop } from './loop.ts'
import { formatPlace, type Place, placeIn } from './place.ts'
import { Gathering, Refusal } from './refusal.ts'
import { resolveType, TYPE_NAMES, typeFacts, typeProblem } from './type-check.ts'
import { evaluateLoop, evaluateValue } from './value.ts'

const ROOT = placeIn(undefined, 'outputs')

/** Refuses outputs that could never be evaluated. */
export function checkOutputs(section: JsonObject, definitions: JsonObject, gathering: Gathering): void {
  for (const [name, declaration] of Object.entries(section)) {
    gathering.try(() => {
      const { source, type } = readOutput(name, declaration, definitions)
      if (member(source, 'value') === undefined && member(source, 'copy') === undefined) {
        throw wrong(name, 'it has no value.')
      }
      const typed = member(type, 'type')
      if (typed !== undefined && typeFacts(typed) === undefined) {
        throw wrong(name, `its type must be one of ${TYPE_NAMES.join(', ')}.`)
      }
    })
  }
}

/** {name: {type, value}} of all outputs whose condition holds; secure ones without their value. */
export function evaluateOutputs(section: JsonObject, definitions: JsonObject, env: Environment): JsonObject {
  const gathering = new Gathering()
  const outputs = new Map<string, JsonObject>()
  for (const [name, declaration] of Object.entries(section)) {
    gathering.try(() => {
      const output = evaluateOutput(name, declaration, definitions, env)
      if (output) outputs.set(name, output)
    })
  }
  gathering.settle()
  return Object.fromEntries(outputs)
}

function evaluateOutput(name: string, declaration: Json, definitions: JsonObject, env: Environment) {
  const place = placeIn(ROOT, name)
  const { source, type } = readOutput(name, declaration, definitions)
  if (!isWanted(name, source, place, env)) return undefined
  const copy = member(source, 'copy')
  const value =
    copy === undefined
      ? evaluateValue(member(source, 'value') ?? null, placeIn(place, 'value'), env)
      : evaluateLoop(readOutputLoop(copy, name, placeIn(place, 'copy'), env), 'resource', env)
  const problem = typeProblem(value, type, definitions)
  if (problem !== undefined) throw wrong(name, problem)
  const facts = typeFacts(member(type, 'type'))
  return facts?.secure ? { type: facts.shown } : { type: facts?.shown ?? 'Object', value }
}

function isWanted(name: string, source: JsonObject, place: Place, env: Environment): boolean {
  const condition = evaluateValue(member(source, 'condition') ?? true, placeIn(place, 'condition'), env)
  if (typeof condition === 'boolean') return condition
  throw wrong(name, `its condition must be a boolean, and is of type ${typeName(condition)}.`)
}

function readOutput(name: string, declaration: Json, definitions: JsonObject) {
  const type = isObject(declaration) ? resolveType(declaration, definitions) : undefined
  if (isObject(declaration) && type !== undefined) return { source: declaration, type }
  throw wrong(name, 'it must be an object with a type, and a $ref must name a definition.')
}

function wrong(name: string, problem: string): Refusal {
  return new Refusal(outputInvalid(formatPlace(placeIn(ROOT, name)), { name, problem }))
}
