/**
 * Checks values against the types that templates declare for parameters and outputs, those of `definitions` included.
 * Problems name types, places and rules, never the value: it may be secret.
 */

import { equalJson, isArray, isObject, type Json, type JsonArray, type JsonObject, member, typeName } from './json.ts'
import { listed } from './prose.ts'

/** The types of the language, lower case, with what `typeName` calls their values and what answers show. */
const TYPES: ReadonlyMap<string, { readonly holds: string; readonly shown: string; readonly secure: boolean }> =
  new Map([
    ['string', { holds: 'String', shown: 'String', secure: false }],
    ['securestring', { holds: 'String', shown: 'SecureString', secure: true }],
    ['int', { holds: 'Integer', shown: 'Int', secure: false }],
    ['bool', { holds: 'Boolean', shown: 'Bool', secure: false }],
    ['object', { holds: 'Object', shown: 'Object', secure: false }],
    ['secureobject', { holds: 'Object', shown: 'SecureObject', secure: true }],
    ['array', { holds: 'Array', shown: 'Array', secure: false }],
  ])

export const TYPE_NAMES: readonly string[] = Array.from(TYPES.values(), ({ shown }) => shown)

/** How a type is shown in answers, and whether its values are secret. Undefined for what is no type. */
export function typeFacts(type: Json | undefined): { readonly shown: string; readonly secure: boolean } | undefined {
  return typeof type === 'string' ? TYPES.get(type.toLowerCase()) : undefined
}

/** More references than this to get to a type is a circle. */
const MAX_REFERENCES = 32

/** A declaration with the definition that its `$ref` names under it. Undefined where the reference leads nowhere. */
export function resolveType(declaration: JsonObject, definitions: JsonObject): JsonObject | undefined {
  let resolved = declaration
  for (let i = 0; i < MAX_REFERENCES; i++) {
    const reference = member(resolved, '$ref')
    if (reference === undefined) return resolved
    const name = typeof reference === 'string' ? /^#\/definitions\/(.+)$/.exec(reference)?.[1] : undefined
    const definition = name === undefined ? undefined : member(definitions, unescapePointer(name))
    if (!isObject(definition)) return undefined
    const own = Object.entries(resolved).filter(([key]) => key.toLowerCase() !== '$ref')
    resolved = { ...definition, ...Object.fromEntries(own) }
  }
  return undefined
}

/** JSON Pointer in a URI fragment (RFC 6901 section 6). */
function unescapePointer(text: string): string {
  return text.replaceAll('%20', ' ').replaceAll('~1', '/').replaceAll('~0', '~')
}

/** What is wrong with a value, as a sentence, or undefined. `at` is the place inside the value, '' for the whole. */
export function typeProblem(
  value: Json,
  declaration: JsonObject,
  definitions: JsonObject,
  at = '',
): string | undefined {
  const type = resolveType(declaration, definitions)
  const where = at === '' ? '' : `At ${at}: `
  if (type === undefined) return `${where}The type's $ref names no definition.`
  if (value === null && member(type, 'nullable') === true) return undefined
  const name = member(type, 'type')
  const holds = typeof name === 'string' ? TYPES.get(name.toLowerCase())?.holds : undefined
  if (holds !== undefined && holds !== typeName(value)) {
    return `${where}The type is not valid. Expected '${holds}'. Actual '${typeName(value)}'.`
  }
  const problem = allowedProblem(value, type) ?? boundsProblem(value, type)
  if (problem !== undefined) return `${where}${problem}`
  if (isArray(value)) return elementsProblem(value, type, definitions, at)
  return isObject(value) ? membersProblem(value, type, definitions, at) : undefined
}

/** Texts are compared without case (Azure/bicep issue 2489); of an array every element must be allowed. */
function allowedProblem(value: Json, type: JsonObject): string | undefined {
  const allowed = member(type, 'allowedValues')
  if (!isArray(allowed)) return undefined
  const isAllowed = (item: Json) => allowed.some(candidate => equalJson(fold(candidate), fold(item)))
  if (isAllowed(value) || (isArray(value) && value.every(isAllowed))) return undefined
  return `It is not part of the allowed value(s): '${listed(
    allowed.map(item => (typeof item === 'string' ? item : JSON.stringify(item))),
    ',',
  )}'.`
}

function fold(value: Json): Json {
  return typeof value === 'string' ? value.toLowerCase() : value
}

function boundsProblem(value: Json, type: JsonObject): string | undefined {
  const bound = (name: string): number | undefined => {
    const limit = member(type, name)
    return typeof limit === 'number' ? limit : undefined
  }
  const below = (measure: number, name: string) => measure < (bound(name) ?? Number.NEGATIVE_INFINITY)
  const above = (measure: number, name: string) => measure > (bound(name) ?? Number.POSITIVE_INFINITY)
  if (typeof value === 'number') {
    if (below(value, 'minValue')) return `It is less than the minimum of ${bound('minValue')}.`
    if (above(value, 'maxValue')) return `It is greater than the maximum of ${bound('maxValue')}.`
  }
  if (typeof value === 'string' || isArray(value)) {
    if (below(value.length, 'minLength')) return `Its length is less than the minimum of ${bound('minLength')}.`
    if (above(value.length, 'maxLength')) return `Its length is greater than the maximum of ${bound('maxLength')}.`
  }
  return undefined
}

function elementsProblem(value: JsonArray, type: JsonObject, definitions: JsonObject, at: string): string | undefined {
  const first = member(type, 'prefixItems')
  const rest = member(type, 'items')
  for (const [i, item] of value.entries()) {
    const declared = (isArray(first) ? first[i] : undefined) ?? rest
    const problem = isObject(declared) ? typeProblem(item, declared, definitions, `${at}[${i}]`) : undefined
    if (problem !== undefined) return problem
  }
  return undefined
}

function membersProblem(value: JsonObject, type: JsonObject, definitions: JsonObject, at: string): string | undefined {
  const declared = objectOrEmpty(member(type, 'properties'))
  for (const [key, declaration] of Object.entries(declared)) {
    const inside = at === '' ? key : `${at}.${key}`
    const held = member(value, key)
    const resolved = isObject(declaration) ? resolveType(declaration, definitions) : undefined
    if (held === undefined && resolved && member(resolved, 'nullable') !== true) {
      return `The required property '${inside}' is missing.`
    }
    const problem =
      held !== undefined && isObject(declaration) ? typeProblem(held, declaration, definitions, inside) : undefined
    if (problem !== undefined) return problem
  }
  return othersProblem(value, declared, type, definitions, at) ?? variantProblem(value, type, definitions, at)
}

/** Members that are not among the declared ones. */
function othersProblem(
  value: JsonObject,
  declared: JsonObject,
  type: JsonObject,
  definitions: JsonObject,
  at: string,
): string | undefined {
  const others = member(type, 'additionalProperties')
  if (others === undefined || others === true) return undefined
  for (const [key, item] of Object.entries(value)) {
    if (member(declared, key) !== undefined) continue
    const inside = at === '' ? key : `${at}.${key}`
    if (others === false) return `The property '${inside}' is not allowed.`
    const problem = isObject(others) ? typeProblem(item, others, definitions, inside) : undefined
    if (problem !== undefined) return problem
  }
  return undefined
}

/** A tagged union: `discriminator: {propertyName, mapping}`. */
function variantProblem(value: JsonObject, type: JsonObject, definitions: JsonObject, at: string): string | undefined {
  const discriminator = objectOrEmpty(member(type, 'discriminator'))
  const property = member(discriminator, 'propertyName')
  if (typeof property !== 'string') return undefined
  const mapping = objectOrEmpty(member(discriminator, 'mapping'))
  const tag = member(value, property)
  const variant = typeof tag === 'string' ? member(mapping, tag) : undefined
  if (isObject(variant)) return typeProblem(value, variant, definitions, at)
  return `The property '${at === '' ? property : `${at}.${property}`}' must be one of '${listed(Object.keys(mapping), ',')}'.`
}

function objectOrEmpty(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}
