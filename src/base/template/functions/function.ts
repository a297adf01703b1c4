/** What a template function is, and how its arguments are read. */
import type { Environment } from '../environment.ts'
import type { Expression } from '../expression.ts'
import { ExpressionError } from '../expression-error.ts'
import { isArray, isObject, type Json, type JsonArray, type JsonObject, typeName } from '../json.ts'

export type Evaluate = (expression: Expression, env: Environment) => Json

export interface Arity {
  readonly min: number
  readonly max: number
}

export type TemplateFunction =
  | { readonly arity: Arity; readonly evaluate: (args: readonly Json[], env: Environment) => Json }
  /** Decides itself which arguments are evaluated, and with what in sight: `if`, `coalesce`, `map`. */
  | {
      readonly arity: Arity
      readonly special: (args: readonly Expression[], env: Environment, evaluate: Evaluate) => Json
    }

/** Functions by the name that Azure's documentation gives them. */
export type Family = Readonly<Record<string, TemplateFunction>>

export const ANY = Number.POSITIVE_INFINITY

/** A function of evaluated arguments. */
export function fn(
  min: number,
  max: number,
  evaluate: (args: readonly Json[], env: Environment) => Json,
): TemplateFunction {
  return { arity: { min, max }, evaluate }
}

/** A function that evaluates its own arguments. */
export function special(
  min: number,
  max: number,
  evaluate: (args: readonly Expression[], env: Environment, evaluate: Evaluate) => Json,
): TemplateFunction {
  return { arity: { min, max }, special: evaluate }
}

/** A function that Azure has and that needs what is not here. */
export function unavailable(needs: string): TemplateFunction {
  return fn(0, ANY, () => {
    throw new ExpressionError(`it needs ${needs}, which is not available here`)
  })
}

// Readers of argument `index`, from 0. Their refusals name types and never values: those may be secret.

export function text(args: readonly Json[], index: number): string {
  const value = args[index] ?? null
  return typeof value === 'string' ? value : mismatch(value, index, 'a string')
}

export function integer(args: readonly Json[], index: number): number {
  const value = args[index] ?? null
  return typeof value === 'number' && Number.isInteger(value) ? value : mismatch(value, index, 'an integer')
}

export function bool(args: readonly Json[], index: number): boolean {
  const value = args[index] ?? null
  return typeof value === 'boolean' ? value : mismatch(value, index, 'a boolean')
}

export function array(args: readonly Json[], index: number): JsonArray {
  const value = args[index] ?? null
  return isArray(value) ? value : mismatch(value, index, 'an array')
}

export function object(args: readonly Json[], index: number): JsonObject {
  const value = args[index] ?? null
  return isObject(value) ? value : mismatch(value, index, 'an object')
}

/** The argument, or undefined where it was left out. */
export function optional<T>(
  args: readonly Json[],
  index: number,
  read: (args: readonly Json[], index: number) => T,
): T | undefined {
  return index < args.length ? read(args, index) : undefined
}

export function mismatch(value: Json, index: number, wanted: string): never {
  throw new ExpressionError(`argument ${index + 1} must be ${wanted}, and it is of type ${typeName(value)}`)
}
