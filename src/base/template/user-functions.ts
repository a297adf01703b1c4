/** Functions that a template declares itself: `functions: [{namespace, members}]`. */
import type { Environment, Names, UserFunction } from './environment.ts'
import { isArray, isObject, type Json, type JsonArray, type JsonObject, member } from './json.ts'
import { type Place, placeIn } from './place.ts'
import { wrongAt } from './placed.ts'
import type { Gathering } from './refusal.ts'
import { evaluateValue } from './value.ts'

const ROOT = placeIn(undefined, 'functions')

export type UserFunctions = (namespace: string, name: string) => UserFunction | undefined

/** Reads the section; malformed functions are gathered as findings. */
export function declareUserFunctions(section: JsonArray, gathering: Gathering): UserFunctions {
  const functions = new Map<string, UserFunction>()
  const find: UserFunctions = (namespace, name) => functions.get(`${namespace}.${name}`.toLowerCase())
  for (const [i, item] of section.entries()) {
    const place = placeIn(ROOT, i)
    gathering.try(() => {
      const namespace = isObject(item) ? member(item, 'namespace') : undefined
      const members = isObject(item) ? member(item, 'members') : undefined
      if (typeof namespace !== 'string' || !isObject(members)) {
        throw wrongAt(place, 'it must have a namespace and members', 'Write {"namespace": "contoso", "members": {…}}.')
      }
      for (const [name, declaration] of Object.entries(members)) {
        const at = placeIn(placeIn(place, 'members'), name)
        functions.set(`${namespace}.${name}`.toLowerCase(), readFunction(declaration, at, find))
      }
    })
  }
  return find
}

function readFunction(declaration: Json, place: Place, find: UserFunctions): UserFunction {
  const output = isObject(declaration) ? member(declaration, 'output') : undefined
  const value = isObject(output) ? member(output, 'value') : undefined
  const parameters = isObject(declaration) ? (member(declaration, 'parameters') ?? []) : []
  if (value === undefined || !isArray(parameters)) {
    throw wrongAt(
      place,
      'it must have an output with a value',
      'Write {"parameters": […], "output": {"type", "value"}}.',
    )
  }
  const names = parameters.map((parameter, i) => {
    const name = isObject(parameter) ? member(parameter, 'name') : undefined
    if (typeof name === 'string') return name
    throw wrongAt(placeIn(placeIn(place, 'parameters'), i), 'it must have a name', 'Write {"name": …, "type": …}.')
  })
  const at = placeIn(placeIn(place, 'output'), 'value')
  return { parameters: names, evaluate: (args, env) => evaluateValue(value, at, inside(env, args, find)) }
}

/** A function sees its parameters and other functions: no variables, no resources, no loop (Azure's rule). */
function inside(env: Environment, args: ReadonlyMap<string, Json>, find: UserFunctions): Environment {
  const parameters: JsonObject = Object.fromEntries(args)
  const names: Names = {
    parameters: [...args.keys()],
    variables: [],
    parameter: name => member(parameters, name),
    variable: () => undefined,
    userFunction: find,
    resources: () => [],
  }
  return { ...env, names, turns: [], locals: new Map(), runtime: undefined }
}
