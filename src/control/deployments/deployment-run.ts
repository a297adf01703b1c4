/**
 * One run of a deployment: each resource when all that it depends on stands, several at a time. What an earlier life of
 * the server already did is not done again, so that nothing a user changed since is overwritten.
 */
import { randomUUID } from 'node:crypto'
import { type Finding, refuses } from '../../base/findings/finding.ts'
import type { Runtime } from '../../base/template/environment.ts'
import { expandTemplate, type ResourceDeclaration } from '../../base/template/expand.ts'
import type { JsonObject } from '../../base/template/json.ts'
import { parseResourceId, type ResourceId } from '../../model/resources/resource-id.ts'
import type { ControlPlane } from '../plane/control-plane.ts'
import type { StoreRecord } from '../store/store.ts'
import { errorBody } from '../view/error-body.ts'
import { view } from '../view/view.ts'
import { DEPLOYMENT_TYPE, type DeploymentOperation } from './deployment.ts'
import { type DeploymentPlace, deploymentFacts } from './deployment-facts.ts'
import { resourceNotBuilt } from './findings.ts'
import { nestedPlace } from './rehearse.ts'
import { type DeploymentRequest, readDeploymentRequest } from './request.ts'

export interface RunContext {
  readonly plane: ControlPlane
  /** Aborted by a cancel, or when the server is about to end: nothing more is started, nothing more is waited for. */
  readonly signal: AbortSignal
  /** What earlier lives did, by the resource's key; grows with this run. */
  readonly operations: Map<string, DeploymentOperation>
  /** The deployment as a record, with the operations as they are now: stored together with what they are about. */
  readonly record: () => StoreRecord
  /** What other deployments answer to reference(). */
  readonly earlier: (key: string) => JsonObject | undefined
}

export interface RunResult {
  readonly findings: readonly Finding[]
  readonly outputs: JsonObject
}

/** Runs a template to its end, or to the end of what can still be done after a failure. */
export async function runTemplate(
  request: DeploymentRequest,
  place: DeploymentPlace,
  context: RunContext,
): Promise<RunResult> {
  const facts = deploymentFacts(place, context.plane.viewed)
  const expanded = expandTemplate(request.template, request.parameters, facts)
  if (!expanded.ok) return { findings: expanded.findings, outputs: {} }
  const nested = new Map<string, JsonObject>()
  const findings: Finding[] = []
  const done = new Map<string, Promise<boolean>>()
  for (const resource of expanded.value.resources) {
    const before = resource.dependsOn.map(id => done.get(id.toLowerCase()) ?? Promise.resolve(true))
    const run = Promise.all(before).then(async results => {
      if (context.signal.aborted || results.includes(false)) return false
      const found = await deployOne(resource, place, nested, context)
      findings.push(...found)
      return !refuses(found) && !context.signal.aborted
    })
    done.set(resource.id.toLowerCase(), run)
  }
  await Promise.all(done.values())
  if (context.signal.aborted || refuses(findings)) return { findings, outputs: {} }
  const outputs = expanded.value.outputs(runtimeOf(nested, context))
  return outputs.ok ? { findings, outputs: outputs.value } : { findings: outputs.findings, outputs: {} }
}

/** One resource, from its body to Succeeded; what refuses or fails it. */
async function deployOne(
  resource: ResourceDeclaration,
  place: DeploymentPlace,
  nested: Map<string, JsonObject>,
  context: RunContext,
): Promise<readonly Finding[]> {
  if (resource.type.toLowerCase() === DEPLOYMENT_TYPE.toLowerCase()) {
    return deployNested(resource, place, nested, context)
  }
  const { plane, operations, record } = context
  const key = resource.id.toLowerCase()
  const before = operations.get(key)
  if (before?.state === 'Succeeded') return []
  const note = (state: DeploymentOperation['state'], found: readonly Finding[] = []): void => {
    const error = refuses(found) ? { error: errorBody(found).body.error } : {}
    const id = operations.get(key)?.id ?? randomUUID()
    operations.set(key, {
      id,
      resource: resource.id,
      type: resource.type,
      state,
      at: new Date().toISOString(),
      ...error,
    })
  }
  const id = parseResourceId(resource.id)
  if (!id.ok) return [resourceNotBuilt(resource.id, { id: resource.id, reason: id.reason })]
  const found =
    before?.state === 'Running'
      ? []
      : await submit(resource, id.value, runtimeOf(nested, context), context, () => note('Running'))
  const all = refuses(found) ? found : [...found, ...(await built(id.value, context))]
  if (context.signal.aborted) return all
  note(refuses(all) ? 'Failed' : 'Succeeded', all)
  await plane.commit([record()])
  return all
}

/** Puts the document; that it was put is stored with it. */
async function submit(
  resource: ResourceDeclaration,
  id: ResourceId,
  runtime: Runtime,
  { plane, record }: RunContext,
  onStored: () => void,
): Promise<readonly Finding[]> {
  const body = resource.body(runtime)
  if (!body.ok) return body.findings
  const { findings } = await plane.submit({ kind: 'put', id, body: body.value }, () => {
    onStored()
    return [record()]
  })
  return findings
}

async function built({ type, key, text }: ResourceId, { plane, signal }: RunContext): Promise<readonly Finding[]> {
  const readiness = await Promise.race([plane.settled(type, key), aborted(signal)])
  if (readiness === 'aborted' || readiness?.state === 'Succeeded') return []
  const reason = readiness ? (readiness.message ?? readiness.state) : 'it was deleted meanwhile'
  return [resourceNotBuilt(text, { id: text, reason })]
}

async function deployNested(
  resource: ResourceDeclaration,
  place: DeploymentPlace,
  nested: Map<string, JsonObject>,
  context: RunContext,
): Promise<readonly Finding[]> {
  const body = resource.body(runtimeOf(nested, context))
  if (!body.ok) return body.findings
  const read = readDeploymentRequest(body.value, resource.place)
  if (!read.ok) return read.findings
  const inner = await runTemplate(read.value, nestedPlace(resource, place), context)
  nested.set(resource.id.toLowerCase(), { properties: { outputs: inner.outputs } })
  return inner.findings
}

function runtimeOf(nested: ReadonlyMap<string, JsonObject>, { plane, earlier }: RunContext): Runtime {
  return {
    read: text => {
      const id = parseResourceId(text)
      if (!id.ok) return undefined
      const document = plane.world.documents.get(id.value.type, id.value.key)
      return document ? view(document, plane.viewed) : (nested.get(id.value.key) ?? earlier(id.value.key))
    },
    list: () => undefined,
  }
}

function aborted(signal: AbortSignal): Promise<'aborted'> {
  return new Promise(resolve => {
    if (signal.aborted) resolve('aborted')
    else signal.addEventListener('abort', () => resolve('aborted'), { once: true })
  })
}
