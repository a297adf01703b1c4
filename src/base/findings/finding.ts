/**
 * A finding is the one form in which hsmnet says that something is wrong: a refused PUT, a warning of `plan`, a
 * missing package in `doctor`. Each is declared once, in the file of its area, with `declareFinding`.
 */

export type Severity = 'error' | 'warning' | 'info'

/** What a user reads. `subject` is the resource id or the place (a JSON path, a line) that is wrong. */
export interface Finding {
  readonly code: string
  readonly severity: Severity
  /** The HTTP status of a refusal; present on errors only. */
  readonly status?: number
  readonly subject: string
  readonly message: string
  /** What mends it, where possible the exact command or property. */
  readonly remedy: string
  /** Findings behind this one, such as the resources that block a delete. */
  readonly details?: readonly Finding[]
}

export interface FindingDeclaration<A> {
  readonly code: string
  readonly severity: Severity
  readonly status?: number
  /** Where the rule comes from: an azure-facts number, an RFC, a specification's section. */
  readonly source: string
  readonly message: (args: A) => string
  readonly remedy: (args: A) => string
}

/** Makes findings of one code; carries its declaration so that docs and tests can list every code. */
export interface FindingFactory<A> {
  (subject: string, args: A, details?: readonly Finding[]): Finding
  readonly declaration: FindingDeclaration<A>
}

/**
 * Declares one finding.
 *
 * @example const subnetTooSmall = declareFinding<{ prefix: string }>({ code: 'NetcfgInvalidSubnet', … })
 */
export function declareFinding<A>(declaration: FindingDeclaration<A>): FindingFactory<A> {
  const make = (subject: string, args: A, details?: readonly Finding[]): Finding => ({
    code: declaration.code,
    severity: declaration.severity,
    ...(declaration.status === undefined ? {} : { status: declaration.status }),
    subject,
    message: declaration.message(args),
    remedy: declaration.remedy(args),
    ...(details === undefined ? {} : { details }),
  })
  return Object.assign(make, { declaration })
}

/** True when any of the findings refuses. */
export function refuses(findings: readonly Finding[]): boolean {
  return findings.some(finding => finding.severity === 'error')
}
