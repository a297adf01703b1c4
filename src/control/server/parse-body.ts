/** A request's body → JSON, or the place where it breaks. az sends templates that are not quite JSON (arm-protocol 1.4). */
import { type Parsed, parsed, unparsed } from '../../base/findings/parsed.ts'
import { readJson } from '../../base/template/json-reader.ts'

/** The reason of a refusal begins with its line and column. An empty body is undefined. */
export function parseBody(text: string): Parsed<unknown> {
  if (text.trim() === '') return parsed(undefined)
  let value: unknown
  try {
    // The quick way for what is plain JSON.
    value = JSON.parse(text)
  } catch {
    const read = readJson(text)
    return read.ok ? parsed(read.value.value) : read
  }
  return depthOf(value) > DEEPEST ? unparsed(`line 1, column 1: it is nested more than ${DEEPEST} deep`) : parsed(value)
}

/** As deep as the tolerant reader goes: every recursive walk of a body is safe with it. */
const DEEPEST = 100

/** How deep a value is nested, counted no further than matters; takes `__proto__` members away on its way. */
function depthOf(value: unknown, above = 0): number {
  if (typeof value !== 'object' || value === null || above > DEEPEST) return above
  // JSON.parse makes it an own member, harmless until somebody spreads it into another object.
  if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__')
  let deepest = above + 1
  for (const inner of Object.values(value)) deepest = Math.max(deepest, depthOf(inner, above + 1))
  return deepest
}
