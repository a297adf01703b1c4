/** Functions that answer with what the template and its deployment declare. */
import type { Environment } from '../environment.ts'
import { ExpressionError } from '../expression-error.ts'
import type { Json, JsonObject } from '../json.ts'
import { didYouMean } from '../nearest.ts'
import { type Family, fn, text } from './function.ts'

export const deploymentFunctions: Family = {
  parameters: fn(1, 1, (args, env) => declared('parameter', text(args, 0), env)),
  variables: fn(1, 1, (args, env) => declared('variable', text(args, 0), env)),
  deployment: fn(0, 0, (_, env) => env.facts.deployment),
  environment: fn(0, 0, (_, env) => answer(env.facts.environment)),
  deployer: fn(0, 0, (_, env) => answer(env.facts.deployer)),
}

function declared(kind: 'parameter' | 'variable', name: string, env: Environment): Json {
  const value = kind === 'parameter' ? env.names.parameter(name) : env.names.variable(name)
  if (value !== undefined) return value
  const known = kind === 'parameter' ? env.names.parameters : env.names.variables
  throw new ExpressionError(`the template has no ${kind} of that name${didYouMean(name, known, env.budget)}`)
}

/** A fact that only some scopes have. */
export function answer(fact: JsonObject | undefined): Json {
  if (fact === undefined) throw new ExpressionError('it is not available at the scope of this deployment')
  return fact
}
