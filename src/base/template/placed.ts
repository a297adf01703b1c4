/** Work at a place of a template: what is wrong there becomes a finding that names it. */
import type { Environment } from './environment.ts'
import { evaluateText } from './evaluator.ts'
import { ExpressionError } from './expression-error.ts'
import { invalidExpression, invalidTemplate } from './findings.ts'
import type { Json } from './json.ts'
import { formatPlace, type Place } from './place.ts'
import { Refusal } from './refusal.ts'

/** What the string at a place stands for. */
export function textAt(text: string, place: Place, env: Environment): Json {
  return atPlace(text, place, () => {
    const value = evaluateText(text, env)
    env.budget.read(value)
    return value
  })
}

/** Runs what evaluates the expression at a place, or, where none is given, works through what stands there. */
export function atPlace<T>(expression: string | undefined, place: Place, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    if (expression === undefined) throw wrongAt(place, error.message, 'Make the loops or the values smaller.')
    const subject = formatPlace(place)
    const args = { place: subject, problem: error.message, expression, at: error.at ?? 0 }
    throw new Refusal(invalidExpression(subject, args))
  }
}

/** A refusal of what stands at a place. `problem` is a clause about it, without its name. */
export function wrongAt(place: Place, problem: string, remedy: string): Refusal {
  const subject = formatPlace(place)
  return new Refusal(invalidTemplate(subject, { problem: `${subject}: ${problem}`, remedy }))
}
