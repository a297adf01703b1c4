/** Comparison functions. */
import type { Environment } from '../environment.ts'
import { equalJson, type Json } from '../json.ts'
import { ANY, type Family, fn, integer, special, text } from './function.ts'

export const comparisonFunctions: Family = {
  coalesce: special(1, ANY, (args, env, evaluate) => {
    for (const argument of args) {
      const value = evaluate(argument, env)
      if (value !== null) return value
    }
    return null
  }),
  equals: fn(2, 2, ([a = null, b = null], env) => {
    env.budget.read(a)
    return equalJson(a, b)
  }),
  less: fn(2, 2, (args, env) => compare(args, env) < 0),
  lessOrEquals: fn(2, 2, (args, env) => compare(args, env) <= 0),
  greater: fn(2, 2, (args, env) => compare(args, env) > 0),
  greaterOrEquals: fn(2, 2, (args, env) => compare(args, env) >= 0),
}

/** Azure documents 'A' as greater than 'a': strings compare as in a dictionary, lower case first. */
const dictionary = new Intl.Collator('en')

function compare(args: readonly Json[], env: Environment): number {
  if (typeof args[0] !== 'string') return integer(args, 0) - integer(args, 1)
  env.budget.read(args[0])
  return dictionary.compare(args[0], text(args, 1))
}
