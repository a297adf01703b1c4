/** Copy loops as a template writes them. */
import type { Environment } from './environment.ts'
import { limitExceeded } from './findings.ts'
import { isObject, type Json, type JsonObject, member, typeName } from './json.ts'
import { formatPlace, type Place, placeIn } from './place.ts'
import { textAt, wrongAt } from './placed.ts'
import { Refusal } from './refusal.ts'

/** Azure's limit on the turns of a loop. */
const MAX_TURNS = 800

export interface Loop {
  readonly name: string
  readonly count: number
  readonly place: Place
}

export interface ResourceLoop extends Loop {
  /** How many instances are deployed at a time; absent where all are, in parallel. */
  readonly batchSize: number | undefined
}

export interface PropertyLoop extends Loop {
  readonly input: Json
}

/** Reads the `copy` of a resource: {name, count, mode?, batchSize?}. */
export function readResourceLoop(copy: Json, place: Place, env: Environment): ResourceLoop {
  const source = loopObject(copy, place)
  const mode = (readText(source, 'mode', place, env) ?? 'Parallel').toLowerCase()
  if (mode !== 'serial' && mode !== 'parallel') {
    throw wrongAt(placeIn(place, 'mode'), 'the copy mode must be Serial or Parallel', 'Write Serial or Parallel.')
  }
  const batchSize = readCount(source, 'batchSize', place, env)
  if (batchSize === 0)
    throw wrongAt(placeIn(place, 'batchSize'), 'the batch size must be at least 1', 'Write 1 or more.')
  return { ...readLoop(source, place, env), batchSize: mode === 'serial' ? (batchSize ?? 1) : undefined }
}

/** Reads one loop of an object's `copy`: {name, count, input}. */
export function readPropertyLoop(copy: Json, place: Place, env: Environment): PropertyLoop {
  const source = loopObject(copy, place)
  return { ...readLoop(source, place, env), input: readInput(source, place) }
}

/** Reads the `copy` of an output: {count, input}, without a name. */
export function readOutputLoop(copy: Json, name: string, place: Place, env: Environment): PropertyLoop {
  const source = loopObject(copy, place)
  return { name, place, count: turnsOf(source, place, env), input: readInput(source, place) }
}

function readLoop(source: JsonObject, place: Place, env: Environment): Loop {
  const name = readText(source, 'name', place, env)
  if (!name) throw wrongAt(place, 'a copy loop must have a name', 'Add "name" to the copy object.')
  return { name, place, count: turnsOf(source, place, env) }
}

function turnsOf(source: JsonObject, place: Place, env: Environment): number {
  const count = readCount(source, 'count', place, env)
  if (count === undefined) throw wrongAt(place, 'a copy loop must have a count', 'Add "count" to the copy object.')
  if (count > MAX_TURNS) {
    const where = formatPlace(placeIn(place, 'count'))
    throw new Refusal(limitExceeded(where, { what: 'turns of a copy loop', limit: MAX_TURNS, actual: count }))
  }
  return count
}

function loopObject(copy: Json, place: Place): JsonObject {
  if (isObject(copy)) return copy
  throw wrongAt(
    place,
    `a copy loop must be an object, and it is of type ${typeName(copy)}`,
    'Write {"name", "count", …}.',
  )
}

function readInput(source: JsonObject, place: Place): Json {
  const input = member(source, 'input')
  if (input === undefined) throw wrongAt(place, 'this copy loop must have an input', 'Add "input" to the copy object.')
  return input
}

function readText(source: JsonObject, key: string, place: Place, env: Environment): string | undefined {
  const written = member(source, key)
  if (written === undefined) return undefined
  const value = typeof written === 'string' ? textAt(written, placeIn(place, key), env) : written
  if (typeof value === 'string') return value
  throw wrongAt(placeIn(place, key), `it must be a string, and it is of type ${typeName(value)}`, 'Write a string.')
}

function readCount(source: JsonObject, key: string, place: Place, env: Environment): number | undefined {
  const written = member(source, key)
  if (written === undefined) return undefined
  const value = typeof written === 'string' ? textAt(written, placeIn(place, key), env) : written
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value
  const problem = `it must be an integer that is not negative, and it is of type ${typeName(value)}`
  throw wrongAt(placeIn(place, key), problem, 'Write an integer, or an expression that gives one.')
}
