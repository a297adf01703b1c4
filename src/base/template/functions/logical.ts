/** Logical functions. */
import { ExpressionError } from '../expression-error.ts'
import type { Json } from '../json.ts'
import { ANY, bool, type Family, fn, mismatch, special } from './function.ts'

export const logicalFunctions: Family = {
  and: special(2, ANY, (args, env, evaluate) => args.every((argument, i) => isTrue(evaluate(argument, env), i))),
  or: special(2, ANY, (args, env, evaluate) => args.some((argument, i) => isTrue(evaluate(argument, env), i))),
  not: fn(1, 1, args => !bool(args, 0)),
  // The branch not taken may be one that cannot be evaluated at all (vnets-copy-variables builds invalid JSON in it).
  if: special(3, 3, ([condition, whenTrue, whenFalse], env, evaluate) => {
    if (!condition || !whenTrue || !whenFalse) throw new Error('arity was checked')
    return evaluate(isTrue(evaluate(condition, env), 0) ? whenTrue : whenFalse, env)
  }),
  true: fn(0, 0, () => true),
  false: fn(0, 0, () => false),
  bool: fn(1, 1, args => toBoolean(args[0] ?? null)),
}

function isTrue(value: Json, index: number): boolean {
  return typeof value === 'boolean' ? value : mismatch(value, index, 'a boolean')
}

function toBoolean(value: Json): boolean {
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return value !== 0
  if (typeof value !== 'string') return mismatch(value, 0, 'a boolean, an integer, or the text true or false')
  const word = value.trim().toLowerCase()
  if (word === 'true' || word === '1') return true
  if (word === 'false' || word === '0') return false
  throw new ExpressionError('argument 1 must be the text true or false')
}
