/**
 * Names of members compare case-insensitively (arm-protocol 4, Conventions): a rule must see `NetworkSecurityGroup` as
 * much as `networkSecurityGroup`. A body is brought to the spelling of its type's schema before the schema reads it.
 */
import type { z } from 'zod'
import { type Parsed, parsed, unparsed } from '../../base/findings/parsed.ts'

type Schema = z.core.$ZodType

/** The body with every member that the schema knows in the schema's spelling; refused where one stands twice. */
export function inSchemaSpelling(schema: Schema, value: unknown, place = ''): Parsed<unknown> {
  const known = unwrap(schema)
  if (known === null) return parsed(value)
  if (Array.isArray(value)) {
    if (known.type !== 'array') return parsed(value)
    const items: unknown[] = []
    for (const [at, item] of value.entries()) {
      const inner = inSchemaSpelling(known.element, item, `${place}[${at}]`)
      if (!inner.ok) return inner
      items.push(inner.value)
    }
    return parsed(items)
  }
  if (typeof value !== 'object' || value === null || known.type !== 'object') return parsed(value)
  const spelled = new Map(Object.keys(known.shape).map(name => [name.toLowerCase(), name]))
  const members: [string, unknown][] = []
  const seen = new Set<string>()
  for (const [given, member] of Object.entries(value)) {
    const key = given.toLowerCase()
    const name = spelled.get(key) ?? given
    const where = place === '' ? name : `${place}.${name}`
    if (seen.has(key)) return unparsed(`${where} is given twice, in different spellings`)
    seen.add(key)
    const shape = known.shape[name]
    const inner = shape === undefined ? parsed(member) : inSchemaSpelling(shape, member, where)
    if (!inner.ok) return inner
    members.push([name, inner.value])
  }
  return parsed(Object.fromEntries(members))
}

type Known =
  | { readonly type: 'object'; readonly shape: { readonly [name: string]: Schema } }
  | { readonly type: 'array'; readonly element: Schema }

/** The object or list that a schema wraps in optionality, defaults and transforms; null where it is neither. */
function unwrap(schema: Schema): Known | null {
  const def = schema._zod.def as z.core.$ZodTypeDef & {
    readonly innerType?: Schema
    readonly in?: Schema
    readonly out?: Schema
    readonly shape?: { readonly [name: string]: Schema }
    readonly element?: Schema
  }
  switch (def.type) {
    case 'object':
      return def.shape ? { type: 'object', shape: def.shape } : null
    case 'array':
      return def.element ? { type: 'array', element: def.element } : null
    case 'optional':
    case 'nullable':
    case 'default':
      return def.innerType ? unwrap(def.innerType) : null
    case 'pipe':
      // Of a transform the shape is what goes in, of a preprocess what comes out.
      return (def.in && unwrap(def.in)) ?? (def.out ? unwrap(def.out) : null)
    default:
      return null
  }
}
