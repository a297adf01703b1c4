/** The outputs of a template, evaluated when its resources stand. */
import type { Finding } from '../findings/finding.ts'
import type { Environment } from './environment.ts'
import { outputInvalid } from './findings.ts'
import { isObject, type Json, type JsonObject, member, typeName } from './json.ts'
import { readOutputLoop } from './loop.ts'
import { formatPlace, placeIn } from './place.ts'
import { wrongAt } from './placed.ts'
import { Gathering, outcomeOf, Refusal } from './refusal.ts'
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
      const isUnion = member(type, 'discriminator') !== undefined || member(type, 'allowedValues') !== undefined
      if (typeFacts(member(type, 'type')) === undefined && !isUnion) {
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
  const { source, type } = readOutput(name, declaration, definitions)
  const evaluated = outcomeOf(() => (isWanted(name, source, env) ? evaluateOne(name, source, env) : undefined))
  if (!evaluated.ok) throw unevaluated(name, evaluated.findings)
  const { value } = evaluated
  if (value === undefined) return undefined
  const problem = typeProblem(value, type, definitions)
  if (problem !== undefined) throw wrong(name, problem)
  const { shown, secure } = typeFacts(member(type, 'type')) ?? { shown: 'Object', secure: false }
  return secure ? { type: shown } : { type: shown, value }
}

function isWanted(name: string, source: JsonObject, env: Environment): boolean {
  const place = placeIn(placeIn(ROOT, name), 'condition')
  const condition = evaluateValue(member(source, 'condition') ?? true, place, env)
  if (typeof condition === 'boolean') return condition
  throw wrongAt(place, `it must be a boolean, and is of type ${typeName(condition)}`, 'Write true or false.')
}

function evaluateOne(name: string, source: JsonObject, env: Environment): Json {
  const place = placeIn(ROOT, name)
  const copy = member(source, 'copy')
  if (copy === undefined) return evaluateValue(member(source, 'value') ?? null, placeIn(place, 'value'), env)
  return evaluateLoop(readOutputLoop(copy, name, placeIn(place, 'copy'), env), 'resource', env)
}

function readOutput(name: string, declaration: Json, definitions: JsonObject) {
  const type = isObject(declaration) ? resolveType(declaration, definitions) : undefined
  if (isObject(declaration) && type !== undefined) return { source: declaration, type }
  throw wrong(name, 'it must be an object with a type, and a $ref must name a definition.')
}

/** Under Azure's code for outputs, with what is wrong in them as details. */
function unevaluated(name: string, details: readonly Finding[]): Refusal {
  const problem = details.map(({ message }) => message).join('\n')
  return new Refusal(outputInvalid(formatPlace(placeIn(ROOT, name)), { name, problem }, details))
}

function wrong(name: string, problem: string): Refusal {
  return new Refusal(outputInvalid(formatPlace(placeIn(ROOT, name)), { name, problem }))
}
