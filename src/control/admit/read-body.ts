/** The body of a PUT → what its type's schema keeps of it, or findings that name each place. */
import type { z } from 'zod'
import type { Finding } from '../../base/findings/finding.ts'
import {
  invalidAddressPrefixFormat,
  invalidIpAddressFormat,
  invalidRequestFormat,
  linkedInvalidPropertyId,
} from '../../model/findings/request.ts'
import type { ResourceBody, ResourceType } from '../../model/resources/resource-type.ts'
import { inSchemaSpelling } from './member-names.ts'

export type ReadBody =
  | { readonly ok: true; readonly value: ResourceBody }
  | { readonly ok: false; readonly findings: readonly Finding[] }

const byCode = {
  InvalidAddressPrefixFormat: invalidAddressPrefixFormat,
  InvalidIPAddressFormat: invalidIpAddressFormat,
  LinkedInvalidPropertyId: linkedInvalidPropertyId,
} as const

/** `place` is where the body stands: empty for a request, a path for a subnet inside a VNet. */
export function readBody(type: ResourceType, body: unknown, subject: string, place = ''): ReadBody {
  const spelled = inSchemaSpelling(type.schema, body, place)
  if (!spelled.ok) {
    const [where = '', ...reason] = spelled.reason.split(' ')
    return { ok: false, findings: [invalidRequestFormat(subject, { place: where, reason: reason.join(' ') })] }
  }
  const result = type.schema.safeParse(withoutReadOnly(type, spelled.value))
  if (!result.success) {
    return { ok: false, findings: result.error.issues.map(issue => findingOf(issue, subject, place)) }
  }
  const { properties, ...rest } = result.data
  const given = Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined))
  return { ok: true, value: { ...rest, properties: given } }
}

/** Members that views make of every type; clients send them back as they read them. */
const DERIVED: readonly string[] = ['provisioningState', 'recordedOnly']

function withoutReadOnly(type: ResourceType, body: unknown): unknown {
  if (!isObject(body) || !isObject(body.properties)) return body
  const dropped = new Set([...DERIVED, ...type.readOnly].map(name => name.toLowerCase()))
  const kept = Object.entries(body.properties).filter(([name]) => !dropped.has(name.toLowerCase()))
  return { ...body, properties: Object.fromEntries(kept) }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function findingOf(issue: z.core.$ZodIssue, subject: string, place: string): Finding {
  const where = pathOf(place, issue.path)
  const code = issue.code === 'custom' ? issue.params?.code : undefined
  if (typeof code === 'string' && code in byCode) {
    return byCode[code as keyof typeof byCode](subject, { place: where, reason: issue.message })
  }
  return invalidRequestFormat(subject, { place: where === '' ? 'the body' : where, reason: wordsOf(issue) })
}

/** zod's words begin with "Invalid input: "; ours go on after the place. */
function wordsOf(issue: z.core.$ZodIssue): string {
  const words = issue.message.replace(/^Invalid input: /, '')
  return /^(is|holds|must) /.test(words) ? words : `is invalid: ${words}`
}

function pathOf(place: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? String(step) : `${text}.${String(step)}`
  }, place)
}
