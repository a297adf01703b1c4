/** Work at a place of a template: what is wrong there becomes a finding that names it. */
import type { Environment, Turn } from './environment.ts'
import { evaluateText } from './evaluator.ts'
import { ExpressionError } from './expression-error.ts'
import { invalidExpression, invalidTemplate } from './findings.ts'
import type { Json } from './json.ts'
import { formatPlace, type Place } from './place.ts'
import { Refusal } from './refusal.ts'

/** What the string at a place stands for. */
export function textAt(text: string, place: Place, env: Environment): Json {
  const evaluated = () => {
    const value = evaluateText(text, env)
    env.budget.read(value)
    return value
  }
  return expressionAt(text, place, evaluated, env.turns)
}

/** Runs what reads or evaluates the expression at a place. */
export function expressionAt<T>(expression: string, place: Place, run: () => T, turns: readonly Turn[] = []): T {
  return refusing(run, ({ message, at = 0 }) => {
    const subject = formatPlace(place)
    const during = turns.map(({ name, index }) => `turn ${index} of the loop '${name}'`)
    return new Refusal(invalidExpression(subject, { place: subject, during, problem: message, expression, at }))
  })
}

/** Runs work at a place that only the budget can refuse. */
export function workAt<T>(place: Place, run: () => T): T {
  return refusing(run, ({ message }) => wrongAt(place, message, 'Make the loops or the values smaller.'))
}

/** A refusal of what stands at a place. `problem` is a clause about it, without its name. */
export function wrongAt(place: Place, problem: string, remedy: string): Refusal {
  const subject = formatPlace(place)
  return new Refusal(invalidTemplate(subject, { problem: `${subject}: ${problem}`, remedy }))
}

function refusing<T>(run: () => T, refusalOf: (error: ExpressionError) => Refusal): T {
  try {
    return run()
  } catch (error) {
    throw error instanceof ExpressionError ? refusalOf(error) : error
  }
}
