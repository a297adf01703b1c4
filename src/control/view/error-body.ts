/** Findings → the error body that ARM clients print (arm-protocol section 4). */
import type { Finding } from '../../base/findings/finding.ts'

export interface ErrorBody {
  readonly error: {
    readonly code: string
    readonly message: string
    readonly target: string
    readonly details: readonly ErrorDetail[]
    readonly additionalInfo: readonly { readonly type: 'Remedy'; readonly info: { readonly remedy: string } }[]
  }
}

interface ErrorDetail {
  readonly code: string
  readonly target: string
  readonly message: string
}

/**
 * The first error is the body's; the others, and what is behind it, are its details. az prints only `message`, so the
 * remedy ends it; programs find it by itself in `additionalInfo`.
 */
export function errorBody(findings: readonly Finding[]): { readonly status: number; readonly body: ErrorBody } {
  const errors = findings.filter(({ severity }) => severity === 'error')
  const [first, ...rest] = errors
  if (!first) throw new Error('an error body was asked for, but no finding is an error')
  const details = [...(first.details ?? []), ...rest]
  return {
    status: first.status ?? 400,
    body: {
      error: {
        code: first.code,
        message: sentence(first),
        target: first.subject,
        details: details.map(finding => ({ code: finding.code, target: finding.subject, message: sentence(finding) })),
        additionalInfo: [{ type: 'Remedy', info: { remedy: first.remedy } }],
      },
    },
  }
}

function sentence({ message, remedy }: Finding): string {
  return `${message} Remedy: ${remedy}`
}
