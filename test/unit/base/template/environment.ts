/** An environment for evaluating single expressions. */
import { Budget } from '../../../../src/base/template/budget.ts'
import type { Environment, Names, Runtime } from '../../../../src/base/template/environment.ts'
import { evaluateText } from '../../../../src/base/template/evaluator.ts'
import { ExpressionError } from '../../../../src/base/template/expression-error.ts'
import { type Json, type JsonObject, member } from '../../../../src/base/template/json.ts'
import { factsFor } from './azure.ts'

export function environment(parameters: JsonObject = {}, overrides: Partial<Environment> = {}): Environment {
  const names: Names = {
    parameters: Object.keys(parameters),
    variables: [],
    parameter: name => member(parameters, name),
    variable: () => undefined,
    userFunction: () => undefined,
    resources: () => [],
  }
  return {
    facts: factsFor(),
    runtime: undefined,
    names,
    turns: [],
    locals: new Map(),
    inDefault: false,
    budget: new Budget(),
    trees: new Map(),
    ...overrides,
  }
}

/** The value of an expression, written without its brackets; or the text of its error. */
export function result(expression: string, env: Environment = environment()): Json {
  try {
    return evaluateText(`[${expression}]`, env)
  } catch (error) {
    if (error instanceof ExpressionError) return `ERROR at ${error.at}: ${error.message}`
    throw error
  }
}

export const READS_NOTHING: Runtime = { read: () => undefined, list: () => undefined }
