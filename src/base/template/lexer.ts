/** The tokens of an expression. */
import { ExpressionError } from './expression-error.ts'

export type TokenKind = 'name' | 'string' | 'number' | '(' | ')' | '[' | ']' | '.' | ',' | 'end'

export interface Token {
  readonly kind: TokenKind
  /** A name as written, a string without its quotes and escapes, the digits of a number. */
  readonly text: string
  /** The offset in the whole string. */
  readonly at: number
}

/** Space, then a name, a number, a string or a mark; each in a group of its own. */
const TOKEN = /\s*(?:([A-Za-z_][\w-]*)|(-?\d+)|'((?:[^']|'')*)'|([()[\].,]))/y
const SPACE = /\s*/y

/** The tokens of an expression's text, whose brackets the caller knows to be its first and last characters. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  const end = source.length - 1
  for (let at = 1; ; ) {
    TOKEN.lastIndex = at
    const found = TOKEN.exec(source)
    if (found === null || TOKEN.lastIndex > end) {
      SPACE.lastIndex = at
      SPACE.exec(source)
      tokens.push(endOf(source, Math.min(SPACE.lastIndex, end)))
      return tokens
    }
    const [whole, name, number, string, mark] = found
    const start = at + whole.length - whole.trimStart().length
    if (name !== undefined) tokens.push({ kind: 'name', text: name, at: start })
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, at: start })
    else if (string !== undefined) tokens.push({ kind: 'string', text: string.replaceAll("''", "'"), at: start })
    else tokens.push({ kind: mark as TokenKind, text: mark ?? '', at: start })
    at = TOKEN.lastIndex
  }
}

/** The end, which must be the closing bracket. */
function endOf(source: string, at: number): Token {
  if (at === source.length - 1) return { kind: 'end', text: '', at }
  if (source[at] === "'") throw new ExpressionError("the string that begins here has no closing quote (')", at)
  throw new ExpressionError(`${JSON.stringify(source[at])} is not expected`, at)
}
