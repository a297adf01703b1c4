/** The body of a deployment's PUT → template and parameters, or findings. */
import { z } from 'zod'
import type { Finding } from '../../base/findings/finding.ts'
import type { Json, JsonObject } from '../../base/template/json.ts'
import { completeModeUnsupported, deploymentPropertiesInvalid, templateLinkUnsupported } from './findings.ts'

export interface DeploymentRequest {
  readonly template: Json
  readonly parameters: JsonObject
}

export type ReadRequest =
  | { readonly ok: true; readonly value: DeploymentRequest }
  | { readonly ok: false; readonly findings: readonly Finding[] }

const json: z.ZodType<Json> = z.json() as z.ZodType<Json>
const properties = z.object({
  mode: z.string().default('Incremental'),
  template: json.optional(),
  templateLink: z.unknown().optional(),
  parameters: z.record(z.string(), json).nullish(),
})

/** `body` is that of a PUT, or a nested deployment's: an object with `properties`. */
export function readDeploymentRequest(body: unknown, subject: string): ReadRequest {
  const refuse = (finding: Finding): ReadRequest => ({ ok: false, findings: [finding] })
  const read = z.object({ properties }).safeParse(body)
  if (!read.success) {
    const [issue] = read.error.issues
    const place = issue?.path.join('.') || 'the body'
    return refuse(deploymentPropertiesInvalid(subject, { place, reason: issue?.message ?? 'is invalid' }))
  }
  const { mode, template, templateLink, parameters } = read.data.properties
  if (mode.toLowerCase() !== 'incremental') return refuse(completeModeUnsupported(subject, { mode }))
  if (templateLink !== undefined) return refuse(templateLinkUnsupported(subject, {}))
  if (template === undefined) {
    return refuse(deploymentPropertiesInvalid(subject, { place: 'properties.template', reason: 'is missing' }))
  }
  return { ok: true, value: { template, parameters: fileParameters(parameters ?? {}) } }
}

/** A parameter file sent whole has its parameters one level down. */
function fileParameters(given: JsonObject): JsonObject {
  const inner = given.parameters
  const isFile =
    typeof given.$schema === 'string' && typeof inner === 'object' && inner !== null && !Array.isArray(inner)
  return isFile ? (inner as JsonObject) : given
}
