/**
 * The tolerant JSON reader that ARM bodies need (arm-protocol 1.4, "THE big trap"). What ARM's own reader, Newtonsoft's,
 * takes is taken: comments, unquoted and single-quoted keys, single-quoted strings, raw line breaks in strings and
 * trailing commas. No library at hand reads all of these. Input is hostile: time is linear in its length, depth is
 * capped, and no key can reach a prototype.
 */
import { type Parsed, parsed, unparsed } from '../findings/parsed.ts'
import type { Json } from './json.ts'
import { formatPlace, type Place, placeIn } from './place.ts'

/** Deeper than any real template (the deepest of the 30 we test is 14), and shallow enough for every recursive walk of the value. */
const MAX_DEPTH = 100

export interface Position {
  /** Both count from 1. */
  readonly line: number
  readonly column: number
}

export interface JsonDocument {
  readonly value: Json
  /** Where the value at a path such as `resources[0].name` stands, as findings name their subjects. */
  locate(path: string): Position | undefined
}

/** Reads a document. The reason of a refusal begins with its line and column. Duplicate keys: the last one counts. */
export function readJson(text: string): Parsed<JsonDocument> {
  try {
    const value = new Reader(text).document()
    return parsed({ value, locate: path => locate(text, path) })
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    const { line, column } = positionAt(text, error.at)
    return unparsed(`line ${line}, column ${column}: ${error.message}`)
  }
}

/** Reads the text again and notes where the path is: only findings ask, so readable text pays nothing for it. */
function locate(text: string, path: string): Position | undefined {
  let found: number | undefined
  new Reader(text, (place, at) => {
    if (formatPlace(place) === path) found = at
  }).document()
  return found === undefined ? undefined : positionAt(text, found)
}

function positionAt(text: string, at: number): Position {
  const before = text.slice(0, at)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: at - lineStart + 1 }
}

class Unreadable extends Error {
  readonly at: number
  constructor(reason: string, at: number) {
    super(reason)
    this.at = at
  }
}

type Visit = (place: Place | undefined, at: number) => void

const SPACE_CODE = 32
const SLASH_CODE = 47
const NO_BREAK_SPACE_CODE = 160
const SPACE = /[\s\uFEFF]+/y
const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /[A-Za-z_$][\w$-]*/y
/** A run of characters that stand for themselves, in each kind of string. */
const PLAIN = { '"': /[^"\\]+/y, "'": /[^'\\]+/y }
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])
const WORDS: ReadonlyMap<string, Json> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
])

class Reader {
  readonly #text: string
  readonly #visit: Visit | undefined
  #at = 0

  constructor(text: string, visit?: Visit) {
    this.#text = text
    this.#visit = visit
  }

  document(): Json {
    const value = this.#value(undefined, 0)
    this.#skip()
    if (this.#at < this.#text.length) this.#refuse(`the document ends before ${this.#shown()}`)
    return value
  }

  #value(place: Place | undefined, depth: number): Json {
    this.#skip()
    this.#visit?.(place, this.#at)
    if (depth > MAX_DEPTH) this.#refuse(`values are nested more than ${MAX_DEPTH} deep`)
    const next = this.#text[this.#at]
    if (next === '{') return this.#object(place, depth)
    if (next === '[') return this.#array(place, depth)
    if (next === '"' || next === "'") return this.#string(next)
    return this.#number() ?? this.#word()
  }

  #object(place: Place | undefined, depth: number): Json {
    const object: Record<string, Json> = {}
    this.#at++
    for (;;) {
      this.#skip()
      if (this.#take('}')) return object
      const key = this.#key()
      this.#skip()
      if (!this.#take(':')) this.#refuse(`":" is expected after the key, not ${this.#shown()}`)
      const value = this.#value(placeIn(place, key), depth + 1)
      if (key === '__proto__') {
        Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
      } else object[key] = value
      this.#skip()
      if (!this.#take(',') && this.#text[this.#at] !== '}') this.#refuse(`"," or "}" is expected, not ${this.#shown()}`)
    }
  }

  #array(place: Place | undefined, depth: number): Json {
    const array: Json[] = []
    this.#at++
    for (;;) {
      this.#skip()
      if (this.#take(']')) return array
      array.push(this.#value(placeIn(place, array.length), depth + 1))
      this.#skip()
      if (!this.#take(',') && this.#text[this.#at] !== ']') this.#refuse(`"," or "]" is expected, not ${this.#shown()}`)
    }
  }

  #key(): string {
    const next = this.#text[this.#at]
    if (next === '"' || next === "'") return this.#string(next)
    return this.#match(WORD) ?? this.#refuse(`a key is expected, not ${this.#shown()}`)
  }

  #string(quote: '"' | "'"): string {
    const start = this.#at++
    let value = ''
    for (;;) {
      value += this.#match(PLAIN[quote]) ?? ''
      if (this.#take(quote)) return value
      if (this.#at >= this.#text.length) {
        this.#at = start
        this.#refuse('this string has no end')
      }
      value += this.#escape()
    }
  }

  #escape(): string {
    const letter = this.#text[this.#at + 1] ?? ''
    if (letter === 'u') {
      const digits = this.#text.slice(this.#at + 2, this.#at + 6)
      if (!/^[\dA-Fa-f]{4}$/.test(digits)) this.#refuse('"\\u" must be followed by four hexadecimal digits')
      this.#at += 6
      return String.fromCharCode(Number.parseInt(digits, 16))
    }
    const character =
      ESCAPES.get(letter) ?? this.#refuse(`"\\${letter}" is not an escape; a backslash is written "\\\\"`)
    this.#at += 2
    return character
  }

  #number(): number | undefined {
    const start = this.#at
    const digits = this.#match(NUMBER)
    if (digits === undefined) return undefined
    const value = Number(digits)
    const exact = /[.eE]/.test(digits) ? Number.isFinite(value) : Number.isSafeInteger(value)
    if (exact && !/[\w.]/.test(this.#text[this.#at] ?? '')) return value
    const shown = digits.length > 24 ? `${digits.slice(0, 24)}…` : digits
    const ended = exact ? `${shown} is followed by ${this.#shown()}` : `${shown} is too large to be held exactly`
    this.#at = start
    return this.#refuse(ended)
  }

  #word(): Json {
    const start = this.#at
    const value = WORDS.get(this.#match(WORD) ?? '')
    if (value !== undefined) return value
    this.#at = start
    return this.#refuse(`a value is expected, not ${this.#shown()}`)
  }

  #skip(): void {
    // Most tokens follow each other at once or after one run of space: look before matching.
    for (;;) {
      const code = this.#text.charCodeAt(this.#at)
      if (code > SPACE_CODE && code < NO_BREAK_SPACE_CODE && code !== SLASH_CODE) return
      if (this.#match(SPACE) === undefined && !this.#comment()) return
    }
  }

  #comment(): boolean {
    if (this.#text[this.#at] !== '/') return false
    if (this.#match(COMMENT) === undefined) this.#refuse('this comment has no end, or "/" stands alone')
    return true
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    this.#at += found?.length ?? 0
    return found
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  #shown(): string {
    const character = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0)
    return this.#at < this.#text.length ? JSON.stringify(character) : 'the end of the text'
  }

  #refuse(reason: string): never {
    throw new Unreadable(reason, this.#at)
  }
}
