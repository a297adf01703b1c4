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

const SPACE = /\s*/y
const NAME = /[A-Za-z_][A-Za-z0-9_-]*/y
const NUMBER = /-?\d+/y
const STRING = /'((?:[^']|'')*)'/y
const PUNCTUATION = /[()[\].,]/y

/** The tokens of an expression's text, whose brackets the caller knows to be its first and last characters. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  const end = source.length - 1
  let at = 1

  const match = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(source)
    return found && at + found[0].length <= end ? found : undefined
  }
  const add = (kind: TokenKind, text: string, length: number) => {
    tokens.push({ kind, text, at })
    at += length
  }

  for (;;) {
    at += match(SPACE)?.[0].length ?? 0
    if (at >= end) {
      add('end', '', 0)
      return tokens
    }
    const name = match(NAME)
    const number = match(NUMBER)
    const string = match(STRING)
    const punctuation = match(PUNCTUATION)
    if (name) add('name', name[0], name[0].length)
    else if (number) add('number', number[0], number[0].length)
    else if (string) add('string', (string[1] ?? '').replaceAll("''", "'"), string[0].length)
    else if (punctuation) add(punctuation[0] as TokenKind, punctuation[0], 1)
    else if (source[at] === "'") throw new ExpressionError("the string that begins here has no closing quote (')", at)
    else throw new ExpressionError(`${JSON.stringify(source[at])} is not expected`, at)
  }
}
