/** Every template function by name. Names are read without regard to case. */
import type { Call } from '../expression.ts'
import { ExpressionError } from '../expression-error.ts'
import { didYouMean } from '../nearest.ts'
import { arrayFunctions } from './array.ts'
import { cidrFunctions } from './cidr.ts'
import { comparisonFunctions } from './comparison.ts'
import { dateFunctions } from './date.ts'
import { deploymentFunctions } from './deployment.ts'
import { ANY, type TemplateFunction } from './function.ts'
import { lambdaFunctions } from './lambda.ts'
import { logicalFunctions } from './logical.ts'
import { numericFunctions } from './numeric.ts'
import { objectFunctions } from './object.ts'
import { listFunction, resourceFunctions } from './resource.ts'
import { stringFunctions } from './string.ts'
import { uriFunctions } from './uri.ts'

const functions: ReadonlyMap<string, { readonly name: string; readonly fn: TemplateFunction }> = new Map(
  [
    arrayFunctions,
    cidrFunctions,
    comparisonFunctions,
    dateFunctions,
    deploymentFunctions,
    lambdaFunctions,
    logicalFunctions,
    numericFunctions,
    objectFunctions,
    resourceFunctions,
    stringFunctions,
    uriFunctions,
  ].flatMap(family => Object.entries(family).map(([name, fn]) => [name.toLowerCase(), { name, fn }])),
)

/** The names of all functions as Azure's documentation spells them. */
export function functionNames(): string[] {
  return Array.from(functions.values(), ({ name }) => name)
}

/** The function that a call names, given that it takes so many arguments. Throws ExpressionError. */
export function functionOf(call: Call): TemplateFunction {
  const lower = call.name.toLowerCase()
  const fn = functions.get(lower)?.fn ?? (/^list[a-z]/.test(lower) ? listFunction(call.name) : undefined)
  if (fn === undefined) {
    throw new ExpressionError(
      `the template function '${call.name}' is not valid${didYouMean(call.name, functionNames())}`,
      call.at,
    )
  }
  const { min, max } = fn.arity
  const given = call.args.length
  if (given >= min && given <= max) return fn
  const wanted = max === ANY ? `at least ${min}` : min === max ? `${min}` : `${min} to ${max}`
  throw new ExpressionError(
    `the template function '${call.name}' takes ${wanted} argument(s), and ${given} are given`,
    call.at,
  )
}
