/** Evaluates one expression. */
import type { Environment } from './environment.ts'
import { type Call, type Expression, isExpression, unescapeText } from './expression.ts'
import { ExpressionError } from './expression-error.ts'
import { functionOf } from './functions/registry.ts'
import { isArray, isObject, type Json, member, typeName } from './json.ts'
import { didYouMean } from './nearest.ts'
import { parseExpression } from './parser.ts'
import { clipped } from './prose.ts'

/** What a string in a template stands for: itself, itself without its escape, or an expression's value. */
export function evaluateText(text: string, env: Environment): Json {
  if (!isExpression(text)) return unescapeText(text)
  return evaluate(parseOnce(text, env.trees), env)
}

export function parseOnce(text: string, trees: Map<string, Expression>): Expression {
  let tree = trees.get(text)
  if (tree === undefined) {
    tree = parseExpression(text)
    trees.set(text, tree)
  }
  return tree
}

/** The value of an expression. Throws ExpressionError with the offset of what failed. */
export function evaluate(expression: Expression, env: Environment): Json {
  return env.budget.nest(() => {
    switch (expression.kind) {
      case 'literal':
        return expression.value
      case 'access':
        return access(evaluate(expression.object, env), evaluate(expression.key, env), expression, env)
      case 'call':
        return call(expression, env)
    }
  })
}

function call(node: Call, env: Environment): Json {
  try {
    if (node.namespace !== undefined) return callUserFunction(node, node.namespace, env)
    const fn = functionOf(node)
    if ('special' in fn) return env.budget.admit(fn.special(node.args, env, evaluate))
    const args = node.args.map(argument => evaluate(argument, env))
    for (const argument of args) if (typeof argument === 'string') env.budget.scan(argument.length)
    return env.budget.admit(fn.evaluate(args, env))
  } catch (error) {
    if (!(error instanceof ExpressionError) || error.at !== undefined) throw error
    throw new ExpressionError(`the template function '${nameOf(node)}' cannot be evaluated: ${error.message}`, node.at)
  }
}

function callUserFunction(node: Call, namespace: string, env: Environment): Json {
  const fn = env.names.userFunction(namespace, node.name)
  if (fn === undefined) throw new ExpressionError('the template declares no such function')
  if (fn.parameters.length !== node.args.length) {
    throw new ExpressionError(`it takes ${fn.parameters.length} argument(s), and ${node.args.length} are given`)
  }
  const args = node.args.map((argument, i): [string, Json] => [fn.parameters[i] ?? '', evaluate(argument, env)])
  return fn.evaluate(new Map(args), env)
}

function nameOf(node: Call): string {
  return node.namespace === undefined ? node.name : `${node.namespace}.${node.name}`
}

/** `object.name`, `object['name']`, `array[0]`. */
function access(object: Json, key: Json, node: Extract<Expression, { kind: 'access' }>, env: Environment): Json {
  if (isObject(object) && typeof key === 'string') {
    const value = member(object, key)
    if (value !== undefined) return value
    const known = Object.keys(object)
    const hint = didYouMean(key, known, env.budget)
    throw new ExpressionError(`the property ${shown(node.key)} doesn't exist${available(known)}${hint}`, node.at)
  }
  if (isArray(object) && typeof key === 'number') {
    const value = object[key]
    if (value !== undefined) return value
    throw new ExpressionError(`the index is outside the array, which has ${object.length} elements`, node.at)
  }
  throw new ExpressionError(
    `${shown(node.key)} cannot be read from a value of type ${typeName(object)} by a key of type ${typeName(key)}`,
    node.at,
  )
}

const MAX_LISTED = 12

function available(keys: readonly string[]): string {
  return keys.length > MAX_LISTED ? '' : `, available properties are '${keys.map(clipped).join(', ')}'`
}

/** A literal key as written; a computed one may be secret. */
function shown(key: Expression): string {
  return key.kind === 'literal' ? `'${clipped(String(key.value))}'` : 'that it names'
}
