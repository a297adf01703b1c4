/** The parameters of a template: what it declares and what it is given become values, or findings about all of them. */
import { MAX_SIZE, MAX_VALUE_DEPTH, weigh } from './budget.ts'
import type { Environment } from './environment.ts'
import { ExpressionError } from './expression-error.ts'
import { invalidTemplate, parameterInvalid, parametersMissing, parametersUnknown } from './findings.ts'
import { isObject, type Json, type JsonObject, keyOf, member } from './json.ts'
import { lazy } from './lazy.ts'
import { didYouMean } from './nearest.ts'
import { formatPlace, placeIn } from './place.ts'
import { type Gathering, Refusal } from './refusal.ts'
import { resolveType, TYPE_NAMES, typeFacts, typeProblem } from './type-check.ts'
import { evaluateValue } from './value.ts'

const ROOT = placeIn(undefined, 'parameters')

export interface Parameters {
  readonly names: readonly string[]
  /** By a name in any case; undefined for one that is not declared. */
  value(name: string): Json | undefined
  /** Evaluates and checks every value. */
  check(gathering: Gathering): void
  /** As a GET of the deployment shows them: {name: {type, value}}, secure ones without their value. */
  shown(): JsonObject
}

interface Parameter {
  readonly name: string
  readonly type: string
  readonly secure: boolean
  readonly value: () => Json
}

/**
 * Binds given parameters, {name: {value}}, to the declared ones; gathers all that are unknown, missing or malformed.
 * An explicit null takes the default, as does a parameter that is left out. `env` is what defaults can see.
 */
export function declareParameters(
  section: JsonObject,
  given: JsonObject,
  definitions: JsonObject,
  env: () => Environment,
  gathering: Gathering,
): Parameters {
  refuseOversized(given)
  refuseUnknown(section, given, gathering)
  const missing: string[] = []
  const parameters = new Map<string, Parameter>()
  for (const [name, declaration] of Object.entries(section)) {
    gathering.try(() => {
      const type = readDeclaration(name, declaration, definitions)
      const value = givenValue(name, member(given, name)) ?? undefined
      const fallback = member(type, 'defaultValue')
      if (value === undefined && fallback === undefined && member(type, 'nullable') !== true) missing.push(name)
      const make = () => checked(name, value ?? defaultValue(name, fallback ?? null, env()), type, definitions)
      const onCycle = (): never => {
        throw new ExpressionError(`the default value of the parameter '${name}' depends on itself`)
      }
      const { shown, secure } = typeFacts(member(type, 'type')) ?? { shown: 'Object', secure: false }
      parameters.set(name.toLowerCase(), { name, type: shown, secure, value: lazy(make, onCycle) })
    })
  }
  if (missing.length > 0) gathering.add(parametersMissing('parameters', { names: missing }))

  return {
    names: Object.keys(section),
    value: name => parameters.get(name.toLowerCase())?.value(),
    check: gather => {
      for (const parameter of parameters.values()) gather.try(parameter.value)
    },
    shown: () =>
      Object.fromEntries(
        Array.from(parameters.values(), ({ name, type, secure, value }): [string, Json] => [
          name,
          secure ? { type } : { type, value: value() },
        ]),
      ),
  }
}

/** Azure takes as much in parameters as in the template; and every later walk of a value is recursive. */
function refuseOversized(given: JsonObject): void {
  const { size, depth } = weigh(given)
  if (size <= MAX_SIZE && depth <= MAX_VALUE_DEPTH) return
  const problem = `the parameters are larger than ${MAX_SIZE} characters, or nested more than ${MAX_VALUE_DEPTH} deep`
  throw new Refusal(invalidTemplate('parameters', { problem, remedy: 'Give less in parameters.' }))
}

function refuseUnknown(declared: JsonObject, given: JsonObject, gathering: Gathering): void {
  const unknown = Object.keys(given).filter(name => keyOf(declared, name) === undefined)
  if (unknown.length === 0) return
  const known = Object.keys(declared)
  const hint = unknown.length === 1 ? didYouMean(unknown[0] ?? '', known) : ''
  gathering.add(parametersUnknown('parameters', { names: unknown, known, hint }))
}

/** The declaration with its definition resolved. */
function readDeclaration(name: string, declaration: Json, definitions: JsonObject): JsonObject {
  const subject = formatPlace(placeIn(ROOT, name))
  const refuse = (problem: string, remedy: string) => new Refusal(invalidTemplate(subject, { problem, remedy }))
  if (!isObject(declaration)) throw refuse(`${subject} must be an object`, 'Declare it as {"type": …}.')
  const resolved = resolveType(declaration, definitions)
  if (resolved === undefined) throw refuse(`${subject}: its $ref names no definition`, 'Declare the definition.')
  const type = member(resolved, 'type')
  // A tagged union and a type of literals are declared without a type of their own.
  if (type === undefined && (member(resolved, 'discriminator') ?? member(resolved, 'allowedValues')) !== undefined) {
    return resolved
  }
  if (typeFacts(type) === undefined) {
    const hint = typeof type === 'string' ? didYouMean(type, TYPE_NAMES) : ''
    throw refuse(`${subject} has no valid type${hint}`, `Its type must be one of ${TYPE_NAMES.join(', ')}.`)
  }
  return resolved
}

/** What stands under `value`. */
function givenValue(name: string, given: Json | undefined): Json | undefined {
  if (given === undefined) return undefined
  const refuse = (problem: string, remedy: string) =>
    new Refusal(parameterInvalid(formatPlace(placeIn(ROOT, name)), { name, problem, remedy }))
  if (!isObject(given)) throw refuse('It must be an object with a value.', 'Write {"value": …}.')
  if (member(given, 'reference') !== undefined) {
    throw refuse('References to a key vault are not supported here.', 'Give the value itself, in a secure parameter.')
  }
  const value = member(given, 'value')
  if (value === undefined) throw refuse("It has no 'value'.", 'Write {"value": …}.')
  return value
}

function defaultValue(name: string, fallback: Json, env: Environment): Json {
  return evaluateValue(fallback, placeIn(placeIn(ROOT, name), 'defaultValue'), { ...env, inDefault: true })
}

function checked(name: string, value: Json, type: JsonObject, definitions: JsonObject): Json {
  const problem = typeProblem(value, type, definitions)
  if (problem === undefined) return value
  const remedy = 'Give a value of the type and within the bounds that the template declares.'
  throw new Refusal(parameterInvalid(formatPlace(placeIn(ROOT, name)), { name, problem, remedy }))
}
