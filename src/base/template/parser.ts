/**
 * A Pratt parser. The language has no operators today, only what follows a value: `.name`, `[index]` and `(arguments)`;
 * an operator would be one more row of `FOLLOWERS`.
 */
import type { Expression } from './expression.ts'
import { ExpressionError } from './expression-error.ts'
import { type Token, type TokenKind, tokenize } from './lexer.ts'

/** ARM's limit on an expression (Azure's "Understand the limits of templates"). */
const MAX_LENGTH = 24_576
/** Deeper than any real expression; every walk of a tree is recursive, so its depth is bounded here. */
const MAX_DEPTH = 100

/** A name that is not yet a call, as `contoso` and `unique` are in `contoso.unique('a')`. */
interface Name {
  readonly kind: 'name'
  readonly namespace: string | undefined
  readonly name: string
  readonly at: number
}

/** Parses the text of an expression, its outer brackets included. Throws ExpressionError. */
export function parseExpression(source: string): Expression {
  if (source.length > MAX_LENGTH) {
    throw new ExpressionError(`it is ${source.length} characters long; the limit is ${MAX_LENGTH}`, 0)
  }
  const parser = new Parser(tokenize(source))
  const expression = parser.expression()
  parser.expect('end', 'the end of the expression')
  return expression
}

class Parser {
  readonly #tokens: readonly Token[]
  #next = 0
  #nesting = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  expression(): Expression {
    if (++this.#nesting > MAX_DEPTH) throw tooDeep(this.peek().at)
    let left = this.#start()
    for (;;) {
      const follow = FOLLOWERS[this.peek().kind]
      if (follow === undefined) break
      left = follow(left, this)
    }
    this.#nesting--
    return value(left)
  }

  #start(): Expression | Name {
    const token = this.take()
    switch (token.kind) {
      case 'name':
        return { kind: 'name', namespace: undefined, name: token.text, at: token.at }
      case 'string':
        return { kind: 'literal', value: token.text, at: token.at, depth: 1 }
      case 'number':
        return { kind: 'literal', value: integer(token), at: token.at, depth: 1 }
      default:
        throw unexpected(token, 'a function call, a string or an integer')
    }
  }

  peek(): Token {
    const token = this.#tokens[this.#next]
    if (token === undefined) throw new Error('read past the end of the expression')
    return token
  }

  take(): Token {
    const token = this.peek()
    if (token.kind !== 'end') this.#next++
    return token
  }

  expect(kind: TokenKind, wanted: string): Token {
    const token = this.take()
    if (token.kind !== kind) throw unexpected(token, wanted)
    return token
  }
}

/** What may follow a value, by the token that begins it. */
const FOLLOWERS: { readonly [kind in TokenKind]?: (left: Expression | Name, parser: Parser) => Expression | Name } = {
  '.': (left, parser) => {
    parser.take()
    const name = parser.expect('name', 'a property name')
    if (left.kind === 'name') return { kind: 'name', namespace: left.name, name: name.text, at: left.at }
    return access(left, { kind: 'literal', value: name.text, at: name.at, depth: 1 }, name.at)
  },
  '[': (left, parser) => {
    parser.take()
    const key = parser.expression()
    parser.expect(']', '"]"')
    return access(value(left), key, key.at)
  },
  '(': (left, parser) => {
    const open = parser.take()
    if (left.kind !== 'name') throw new ExpressionError('only a function can be called', open.at)
    const args: Expression[] = []
    if (parser.peek().kind === ')') parser.take()
    else {
      do args.push(parser.expression())
      while (parser.peek().kind === ',' && parser.take())
      parser.expect(')', '"," or ")"')
    }
    const { namespace, name, at } = left
    return { kind: 'call', namespace, name, args, at, depth: depthAbove(args, at) }
  },
}

function access(object: Expression, key: Expression, at: number): Expression {
  return { kind: 'access', object, key, at, depth: depthAbove([object, key], at) }
}

function depthAbove(children: readonly Expression[], at: number): number {
  const depth = children.reduce((deepest, child) => Math.max(deepest, child.depth), 0) + 1
  if (depth > MAX_DEPTH) throw tooDeep(at)
  return depth
}

function value(left: Expression | Name): Expression {
  if (left.kind !== 'name') return left
  throw new ExpressionError(
    `"${left.name}" is not a function call: parentheses or, for text, quotes are missing`,
    left.at,
  )
}

function integer(token: Token): number {
  const number = Number(token.text)
  if (Number.isSafeInteger(number)) return number
  throw new ExpressionError('this integer is too large to be held exactly', token.at)
}

function unexpected(token: Token, wanted: string): ExpressionError {
  const shown = token.kind === 'end' ? 'the end of the expression' : JSON.stringify(token.text)
  return new ExpressionError(`${wanted} is expected, not ${shown}`, token.at)
}

function tooDeep(at: number): ExpressionError {
  return new ExpressionError(`it is nested more than ${MAX_DEPTH} deep`, at)
}
