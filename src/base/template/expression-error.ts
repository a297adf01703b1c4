/**
 * The one exception of this package: what is wrong with an expression. A hundred functions stay plain because they may
 * throw it; it never leaves the package, whose entries answer with findings.
 *
 * Its reason never quotes a value, only names that stand in the template: values may come from secure parameters.
 */
export class ExpressionError extends Error {
  /** The offset in the expression's string; absent until the evaluator knows which call failed. */
  readonly at: number | undefined

  constructor(reason: string, at?: number) {
    super(reason)
    this.at = at
  }
}
