/**
 * What can be wrong with a template. Azure answers almost all of it with the code InvalidTemplate and tells cases apart
 * in the message, whose wording is kept where it is known (arm-protocol 4, and Azure's "Resolve errors for invalid
 * template").
 */
import { declareFinding } from '../findings/finding.ts'
import { clipped, listed } from './prose.ts'

const SYNTAX = 'Azure: understand the structure and syntax of ARM templates'
const LIMITS = 'Azure: limits of ARM templates'

/** A body that is not JSON even to the tolerant reader; `reason` begins with line and column. */
export const unreadableContent = declareFinding<{ reason: string }>({
  code: 'InvalidRequestContent',
  severity: 'error',
  status: 400,
  source: 'arm-protocol 1.4',
  message: ({ reason }) => `The request content was invalid and could not be deserialized: '${reason}'.`,
  remedy: () => 'Correct the JSON at that place.',
})

/** Something that must be there, or must be of a kind, is not. `problem` is a clause. */
export const invalidTemplate = declareFinding<{ problem: string; remedy: string }>({
  code: 'InvalidTemplate',
  severity: 'error',
  status: 400,
  source: SYNTAX,
  message: ({ problem }) => `Deployment template validation failed: '${problem}'.`,
  remedy: ({ remedy }) => remedy,
})

/** `at` is an offset in `expression`, under which a caret is drawn. */
export const invalidExpression = declareFinding<{
  place: string
  /** Turns of copy loops around the place. */
  during: readonly string[]
  problem: string
  expression: string
  at: number
}>({
  code: 'InvalidTemplate',
  severity: 'error',
  status: 400,
  source: SYNTAX,
  message: ({ place, during, problem, expression, at }) =>
    `Unable to process template language expressions at '${place}'${during.map(turn => `, ${turn}`).join('')}: '${problem}'.\n${withCaret(expression, at)}`,
  remedy: () =>
    'Correct the expression where the caret points; the functions are listed at https://aka.ms/arm-functions.',
})

export const limitExceeded = declareFinding<{ what: string; limit: number; actual: number }>({
  code: 'InvalidTemplate',
  severity: 'error',
  status: 400,
  source: LIMITS,
  message: ({ what, limit, actual }) =>
    `Deployment template validation failed: 'The number of ${what} exceeds the limit. Limit: '${limit}' and actual: '${actual}'.'.`,
  remedy: ({ what }) => `Reduce the number of ${what}, or split the template into nested deployments.`,
})

export const parametersMissing = declareFinding<{ names: readonly string[] }>({
  code: 'InvalidTemplate',
  severity: 'error',
  status: 400,
  source: SYNTAX,
  message: ({ names }) =>
    `Deployment template validation failed: 'The value for the template parameters '${listed(names)}' is not provided. Please see https://aka.ms/arm-create-parameter-file for usage details.'.`,
  remedy: ({ names }) => `Give a value for: ${listed(names)}.`,
})

export const parametersUnknown = declareFinding<{ names: readonly string[]; known: readonly string[]; hint: string }>({
  code: 'InvalidTemplate',
  severity: 'error',
  status: 400,
  source: SYNTAX,
  message: ({ names, known }) =>
    `Deployment template validation failed: 'The template parameters '${listed(names)}' in the parameters file are not valid; they are not present in the original template and can therefore not be provided at deployment time. The only supported parameters for this template are '${listed(known)}'.'.`,
  remedy: ({ names, hint }) => `Remove or rename: ${listed(names)}${hint}.`,
})

/** `problem` never quotes the value: it may be secret. */
export const parameterInvalid = declareFinding<{ name: string; problem: string; remedy: string }>({
  code: 'InvalidTemplate',
  severity: 'error',
  status: 400,
  source: SYNTAX,
  message: ({ name, problem }) =>
    `Deployment template validation failed: 'The provided value for the template parameter '${clipped(name)}' is not valid. ${problem}'.`,
  remedy: ({ remedy }) => remedy,
})

export const outputInvalid = declareFinding<{ name: string; problem: string }>({
  code: 'DeploymentOutputEvaluationFailed',
  severity: 'error',
  status: 400,
  source: SYNTAX,
  message: ({ name, problem }) => `The template output '${clipped(name)}' is not valid: ${problem}`,
  remedy: ({ name }) => `Correct the type or the value of the output '${name}'.`,
})

export const resourceRepeated = declareFinding<{ resource: string; first: string }>({
  code: 'InvalidTemplate',
  severity: 'error',
  status: 400,
  source: SYNTAX,
  message: ({ resource, first }) =>
    `Deployment template validation failed: 'The resource '${clipped(resource)}' is defined multiple times in a template; first at '${first}'.'.`,
  remedy: () => 'Declare each resource once, or give them different names.',
})

export const dependencyUnknown = declareFinding<{ resource: string; dependency: string; hint: string }>({
  code: 'InvalidTemplate',
  severity: 'error',
  status: 400,
  source: SYNTAX,
  message: ({ resource, dependency, hint }) =>
    `Deployment template validation failed: 'The resource '${clipped(dependency)}' that '${clipped(resource)}' depends on is not defined in the template${hint}.'.`,
  remedy: () => 'Depend on resources of this template only: others must exist before it is deployed.',
})

export const dependencyAmbiguous = declareFinding<{ resource: string; dependency: string; found: readonly string[] }>({
  code: 'InvalidTemplate',
  severity: 'error',
  status: 400,
  source: 'arm-templates 6, item 3',
  message: ({ resource, dependency, found }) =>
    `Deployment template validation failed: 'The name '${clipped(dependency)}' that '${clipped(resource)}' depends on fits several resources: ${listed(found)}.'.`,
  remedy: () => 'Name the one meant by its id, with resourceId().',
})

export const dependencyCircular = declareFinding<{ cycle: readonly string[] }>({
  code: 'InvalidTemplate',
  severity: 'error',
  status: 400,
  source: SYNTAX,
  message: ({ cycle }) =>
    `Deployment template validation failed: 'Circular dependency detected on resource: '${clipped(cycle[0] ?? '')}'. The cycle is ${listed(cycle, ' -> ')}. Please see https://aka.ms/arm-syntax-resources for usage details.'.`,
  remedy: () => 'Remove one dependency of the cycle, or move what needs both into a child resource.',
})

const CARET_MARGIN = 60

/** The line of an expression that `at` is in, near `at`, with a caret under it. */
function withCaret(expression: string, at: number): string {
  const lineStart = expression.lastIndexOf('\n', at - 1) + 1
  const newline = expression.indexOf('\n', at)
  const lineEnd = newline < 0 ? expression.length : newline
  const start = Math.max(lineStart, at - CARET_MARGIN)
  const end = Math.min(lineEnd, at + CARET_MARGIN)
  const before = start > lineStart ? '…' : ''
  const line = `${before}${expression.slice(start, end)}${end < lineEnd ? '…' : ''}`.replaceAll('\t', ' ')
  return `${line}\n${' '.repeat(before.length + at - start)}^`
}
