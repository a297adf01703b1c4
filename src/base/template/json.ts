/**
 * JSON values as the template language sees them. Objects may hold any key, `__proto__` and `constructor` among them,
 * so members are read with `member`, and objects are built by `Object.fromEntries` and spreading, which make own
 * members of any key: never by assignment.
 */

export type Json = null | boolean | number | string | JsonArray | JsonObject
export type JsonArray = readonly Json[]
export interface JsonObject {
  readonly [key: string]: Json
}

export function isArray(value: Json | undefined): value is JsonArray {
  return Array.isArray(value)
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Lower-case spellings of an object's keys, made when first needed: a template's values never change. */
const foldedKeys = new WeakMap<JsonObject, ReadonlyMap<string, string>>()

/** The key under which an object holds `name`, an exact match before one that differs in case (arm-protocol 4). */
export function keyOf(object: JsonObject, name: string): string | undefined {
  if (Object.hasOwn(object, name)) return name
  let folded = foldedKeys.get(object)
  if (folded === undefined) {
    folded = new Map(Object.keys(object).map(key => [key.toLowerCase(), key]))
    foldedKeys.set(object, folded)
  }
  return folded.get(name.toLowerCase())
}

/** An object's own member, whatever the case of its name. */
export function member(object: JsonObject, name: string): Json | undefined {
  const key = keyOf(object, name)
  return key === undefined ? undefined : object[key]
}

/** What Azure's messages call the type of a value. */
export function typeName(value: Json): string {
  if (value === null) return 'Null'
  if (isArray(value)) return 'Array'
  switch (typeof value) {
    case 'string':
      return 'String'
    case 'boolean':
      return 'Boolean'
    case 'number':
      return Number.isInteger(value) ? 'Integer' : 'Float'
    default:
      return 'Object'
  }
}

/** Equality by content; strings and keys are compared with their case. */
export function equalJson(a: Json, b: Json): boolean {
  if (a === b) return true
  if (isArray(a)) return isArray(b) && a.length === b.length && a.every((item, i) => equalJson(item, b[i] ?? null))
  if (!isObject(a) || !isObject(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every(key => Object.hasOwn(b, key) && equalJson(a[key] ?? null, b[key] ?? null))
  )
}

/** A text that is the same for equal values only: what sets of values are keyed by. */
export function canonicalText(value: Json): string {
  if (isArray(value)) return `[${value.map(canonicalText).join()}]`
  if (!isObject(value)) return JSON.stringify(value)
  const keys = Object.keys(value).sort()
  return `{${keys.map(key => `${JSON.stringify(key)}:${canonicalText(value[key] ?? null)}`).join()}}`
}
