/** How findings leave the depth of a template: thrown inside this package, answered as a value at its entries. */
import type { Finding } from '../findings/finding.ts'

/** What the package's entries answer. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly findings: readonly Finding[] }

export class Refusal extends Error {
  readonly findings: readonly Finding[]

  constructor(...findings: readonly Finding[]) {
    super(findings.map(finding => finding.message).join('\n'))
    this.findings = findings
  }
}

/** Runs what may refuse. */
export function outcomeOf<T>(run: () => T): Outcome<T> {
  try {
    return { ok: true, value: run() }
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, findings: error.findings }
    throw error
  }
}

/** Enough to mend a template by; a thousand findings of one slip help nobody. */
const MAX_FINDINGS = 20

/** Gathers findings over independent steps, so that a user learns of all slips at once. */
export class Gathering {
  readonly #findings = new Set<Finding>()

  add(finding: Finding): void {
    if (!this.#isFull()) this.#findings.add(finding)
  }

  /** The step's value, or undefined where it refused or enough was gathered before. */
  try<T>(step: () => T): T | undefined {
    if (this.#isFull()) return undefined
    const outcome = outcomeOf(step)
    if (outcome.ok) return outcome.value
    for (const finding of outcome.findings) this.add(finding)
    return undefined
  }

  /** Refuses if anything was gathered. */
  settle(): void {
    if (this.#findings.size > 0) throw new Refusal(...this.#findings)
  }

  #isFull(): boolean {
    return this.#findings.size >= MAX_FINDINGS
  }
}
