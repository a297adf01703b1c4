/**
 * What evaluating one template may cost. Templates are hostile until shown otherwise: thirty variables that each
 * double the one before are a gigabyte, and `range` inside `map` inside `range` is a week. Everything that grows asks
 * here first, so that such a template ends in a finding, soon, instead of a hang or a crash.
 */
import { ExpressionError } from './expression-error.ts'
import { isArray, type Json } from './json.ts'

/**
 * Units of work, about 300 ns each on a slow core: the whole budget is well under a second. The costliest real template
 * at hand (avm-virtual-network, 82 KB) takes 2,500.
 */
const WORK = 2_000_000
/** Characters of text that cost as much as one step. */
const CHARACTERS_PER_UNIT = 16
/** The greatest value, as JSON: what ARM takes as a whole template (4 MB). */
export const MAX_SIZE = 4 * 1024 * 1024
/** As deep as the reader goes, so that what was made can be written and read again. */
export const MAX_VALUE_DEPTH = 100
/** Evaluations within evaluations, as variables that use variables are: under half of Node's default stack. */
const MAX_NESTING = 250

export interface Weight {
  /** Its length as JSON, nearly. */
  readonly size: number
  readonly depth: number
}

const weights = new WeakMap<object, Weight>()

/**
 * Measures a value. Shared parts are measured once but count each time. `visit` is told of each member looked at, so
 * that who measures what is new can pay for it. Deeper than may be, the depth is given as infinite.
 */
export function weigh(value: Json, visit: (members: number) => void = () => {}, level = 0): Weight {
  if (typeof value === 'string') return { size: value.length + 2, depth: 0 }
  if (typeof value !== 'object' || value === null) return { size: 5, depth: 0 }
  const known = weights.get(value)
  if (known) return known
  if (level > MAX_VALUE_DEPTH) return { size: 0, depth: Number.POSITIVE_INFINITY }
  const keys = isArray(value) ? [] : Object.keys(value)
  const items = isArray(value) ? value : Object.values(value)
  visit(items.length)
  let size = keys.reduce((sum, key) => sum + key.length + 3, 2 + items.length)
  let depth = 0
  for (const item of items) {
    const weight = weigh(item, visit, level + 1)
    size += weight.size
    depth = Math.max(depth, weight.depth)
  }
  const weight = { size, depth: depth + 1 }
  weights.set(value, weight)
  return weight
}

export class Budget {
  #left = WORK
  #nesting = 0

  /** Takes units of work. */
  spend(units: number): void {
    this.#left -= units
    if (this.#left < 0) {
      throw new ExpressionError(
        'evaluating this template takes more work than is allowed: loops or values grow too large',
      )
    }
  }

  /** Accounts for going over so many characters. */
  scan(characters: number): void {
    this.spend(characters / CHARACTERS_PER_UNIT)
  }

  /** Accounts for going over a value. */
  read(value: Json): void {
    this.scan(weigh(value).size)
  }

  /** Accounts for text of so many characters before it is made; refuses more than a value may have. */
  make(characters: number): void {
    if (characters > MAX_SIZE) throw tooLarge()
    this.scan(characters)
  }

  /** Lets a new value in if it is small and flat enough; gives it back. */
  admit<T extends Json>(value: T): T {
    const { size, depth } = weigh(value, members => this.spend(members))
    if (size > MAX_SIZE) throw tooLarge()
    if (depth > MAX_VALUE_DEPTH) throw new ExpressionError(`its result is nested more than ${MAX_VALUE_DEPTH} deep`)
    return value
  }

  /** Runs one evaluation inside another. */
  nest<T>(run: () => T): T {
    this.spend(1)
    if (this.#nesting >= MAX_NESTING) throw new ExpressionError('expressions use each other too deeply')
    this.#nesting++
    try {
      return run()
    } finally {
      this.#nesting--
    }
  }
}

function tooLarge(): ExpressionError {
  return new ExpressionError(`its result is larger than the ${MAX_SIZE} characters allowed`)
}
