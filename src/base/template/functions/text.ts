/** How values become text, as .NET writes them. */
import { isArray, isObject, type Json } from '../json.ts'

/** What `string` gives and `concat` joins: booleans with a capital, objects and arrays as JSON without spaces. */
export function textOf(value: Json): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return value === null ? '' : JSON.stringify(value)
}

/** How `format` writes a value inside text: JSON in single quotes (seen in Azure/bicep's EvaluationTests). */
export function inlineTextOf(value: Json): string {
  return isArray(value) || isObject(value) ? singleQuoted(value) : textOf(value)
}

function singleQuoted(value: Json): string {
  if (typeof value === 'string') {
    const inner = JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
    return `'${inner}'`
  }
  if (isArray(value)) return `[${value.map(singleQuoted).join()}]`
  if (!isObject(value)) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([key, item]) => `${singleQuoted(key)}:${singleQuoted(item)}`)
    .join()}}`
}
