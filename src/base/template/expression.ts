/** The syntax tree of an expression, and the rules that tell an expression from plain text. */

/** `at` is the offset in the whole string, its bracket included, where a caret should point. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number; readonly at: number; readonly depth: number }
  | Call
  | {
      readonly kind: 'access'
      readonly object: Expression
      /** `.name` and `['name']` are the same; so an access has a key, and a literal one is a name in the template. */
      readonly key: Expression
      readonly at: number
      readonly depth: number
    }

export interface Call {
  readonly kind: 'call'
  /** Of a user-defined function. */
  readonly namespace: string | undefined
  readonly name: string
  readonly args: readonly Expression[]
  readonly at: number
  readonly depth: number
}

/** True where ARM evaluates a string: it begins with "[", ends with "]", and does not begin with "[[". */
export function isExpression(text: string): boolean {
  return text.startsWith('[') && text.endsWith(']') && !text.startsWith('[[')
}

/** What a string that is not an expression stands for: "[[x]" is written for "[x]". */
export function unescapeText(text: string): string {
  return text.startsWith('[[') && text.endsWith(']') ? text.slice(1) : text
}

/** Spells a string so that one evaluation gives it back, whatever it holds. */
export function escapeText(text: string): string {
  return text.startsWith('[') && text.endsWith(']') ? `[${text}` : text
}

/** Calls `visit` with every call in an expression, outermost first. */
export function eachCall(expression: Expression, visit: (call: Call) => void): void {
  switch (expression.kind) {
    case 'literal':
      return
    case 'access':
      eachCall(expression.object, visit)
      eachCall(expression.key, visit)
      return
    case 'call':
      visit(expression)
      for (const argument of expression.args) eachCall(argument, visit)
  }
}
