/**
 * Closed shapes of small JSON values, for the daemons that stay: appliance and client. Everywhere else zod does this;
 * here it would cost each of them 10 to 14 MB and 40 ms at every start (measured), for a handful of flat objects.
 */
import { type Parsed, parsed, unparsed } from '../findings/parsed.ts'

/** Answers the value, or throws Misshapen with its place. */
export type Shape<T> = (value: unknown, place: string) => T

export type ShapeOf<S> = S extends Shape<infer T> ? T : never

class Misshapen extends Error {}

/** Not ok: the first place that is wrong, and what is expected there. Values are never repeated: they may be secret. */
export function parseShape<T>(shape: Shape<T>, value: unknown): Parsed<T> {
  try {
    return parsed(shape(value, ''))
  } catch (error) {
    if (error instanceof Misshapen) return unparsed(error.message)
    throw error
  }
}

/** The same for JSON text. */
export function parseJson<T>(shape: Shape<T>, text: string): Parsed<T> {
  try {
    return parseShape(shape, JSON.parse(text))
  } catch {
    return unparsed('it is not JSON')
  }
}

/** A string of so many characters. */
export function text(least = 0, most = Number.POSITIVE_INFINITY): Shape<string> {
  return (value, place) => {
    const fits = typeof value === 'string' && value.length >= least && value.length <= most
    return fits ? value : expected(`a string of ${least} to ${most} characters`, place)
  }
}

export function int(least = Number.MIN_SAFE_INTEGER): Shape<number> {
  return (value, place) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least ? value : expected('an integer', place)
}

export const flag: Shape<boolean> = (value, place) =>
  typeof value === 'boolean' ? value : expected('true or false', place)

export function oneOf<const T extends string | number>(...choices: readonly T[]): Shape<T> {
  return (value, place) =>
    choices.find(choice => choice === value) ??
    expected(choices.map(choice => JSON.stringify(choice)).join(' or '), place)
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value, place) => (value === null ? null : shape(value, place))
}

/** Stands for a missing field. */
export function defaulted<T>(shape: Shape<T>, standard: T): Shape<T> {
  return (value, place) => (value === undefined ? standard : shape(value, place))
}

export function listOf<T>(shape: Shape<T>): Shape<readonly T[]> {
  return (value, place) =>
    Array.isArray(value) ? value.map((item, at) => shape(item, `${place}[${at}]`)) : expected('a list', place)
}

/** Any names, each with a value of the shape. */
export function mapOf<T>(shape: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return (value, place) => {
    const entries = Object.entries(objectAt(value, place))
    return Object.fromEntries(entries.map(([name, item]) => [name, shape(item, `${place}.${name}`)]))
  }
}

/** Exactly these fields. */
export function closed<F extends Readonly<Record<string, Shape<unknown>>>>(
  fields: F,
): Shape<{ readonly [K in keyof F]: ShapeOf<F[K]> }> {
  return (value, place) => {
    const object = objectAt(value, place)
    const stranger = Object.keys(object).find(name => !Object.hasOwn(fields, name))
    if (stranger !== undefined) expected(`no field "${stranger}"`, place)
    const read = Object.entries(fields).map(([name, shape]) => [name, shape(object[name], `${place}.${name}`)])
    return Object.fromEntries(read) as { readonly [K in keyof F]: ShapeOf<F[K]> }
  }
}

/** The first of these shapes that fits. */
export function either<const S extends readonly Shape<unknown>[]>(...shapes: S): Shape<ShapeOf<S[number]>> {
  return (value, place) => {
    const fitting = shapes.map(shape => parseShape(shape, value)).find(result => result.ok)
    return fitting?.ok ? (fitting.value as ShapeOf<S[number]>) : expected('one of the known forms', place)
  }
}

function objectAt(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return expected('an object', place)
  return value as Readonly<Record<string, unknown>>
}

function expected(what: string, place: string): never {
  throw new Misshapen(`${place === '' ? 'the value' : place.replace(/^\./, '')}: ${what} is expected`)
}
