/** What ends a command: what is wrong, why, and how to mend it. */
import { EXIT } from './exit-codes.ts'

export interface FailureText {
  readonly code: string
  readonly message: string
  readonly remedy?: string
  readonly details?: readonly { readonly code: string; readonly message: string }[]
}

export class Failure extends Error {
  readonly text: FailureText
  readonly exitCode: number

  constructor(text: FailureText, exitCode: number = EXIT.failed) {
    super(text.message)
    this.text = text
    this.exitCode = exitCode
  }
}

/** The error body of an ARM answer, as a failure. */
export function failureOf(status: number, body: unknown): Failure {
  const error = memberOf(body, 'error')
  const info = memberOf(error, 'additionalInfo')
  const remedy = Array.isArray(info) ? memberOf(memberOf(info[0], 'info'), 'remedy') : undefined
  const details = memberOf(error, 'details')
  const message = textOf(memberOf(error, 'message')) ?? `the server answered ${status}`
  return new Failure({
    code: textOf(memberOf(error, 'code')) ?? `Http${status}`,
    message: typeof remedy === 'string' ? message.replace(` Remedy: ${remedy}`, '') : message,
    ...(typeof remedy === 'string' ? { remedy } : {}),
    ...(Array.isArray(details)
      ? {
          details: details.map(detail => ({
            code: textOf(memberOf(detail, 'code')) ?? '',
            message: textOf(memberOf(detail, 'message')) ?? '',
          })),
        }
      : {}),
  })
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
