/** A request's body → JSON, or the place where it breaks. az sends templates that are not quite JSON (arm-protocol 1.4). */
import { type Parsed, parsed } from '../../base/findings/parsed.ts'
import { readJson } from '../../base/template/json-reader.ts'

/** The reason of a refusal begins with its line and column. An empty body is undefined. */
export function parseBody(text: string): Parsed<unknown> {
  if (text.trim() === '') return parsed(undefined)
  try {
    // The quick way for what is plain JSON.
    return parsed(dropPrototype(JSON.parse(text)))
  } catch {
    const read = readJson(text)
    return read.ok ? parsed(read.value.value) : read
  }
}

/** JSON.parse makes `__proto__` an own property, harmless until somebody spreads it into another object. */
function dropPrototype(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dropPrototype)
  if (typeof value !== 'object' || value === null) return value
  if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__')
  for (const inner of Object.values(value)) dropPrototype(inner)
  return value
}
