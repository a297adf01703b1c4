/**
 * Runs deployments: each resource when all that it depends on stands, several at a time. What is stored before a kill is
 * taken up after it: resources that already stand are no-ops.
 */
import { randomUUID } from 'node:crypto'
import { type Finding, refuses } from '../../base/findings/finding.ts'
import type { Sealer } from '../../base/pki/sealing.ts'
import type { Runtime } from '../../base/template/environment.ts'
import { type ExpandedTemplate, expandTemplate, type ResourceDeclaration } from '../../base/template/expand.ts'
import type { JsonObject } from '../../base/template/json.ts'
import { parseResourceId, type ResourceId } from '../../model/resources/resource-id.ts'
import { countedChoices } from '../admit/choices.ts'
import type { ControlPlane } from '../plane/control-plane.ts'
import { errorBody } from '../view/error-body.ts'
import { view } from '../view/view.ts'
import {
  DEPLOYMENT_TYPE,
  type Deployment,
  type DeploymentOperation,
  deploymentSchema,
  viewDeployment,
} from './deployment.ts'
import { type DeploymentPlace, deploymentFacts } from './deployment-facts.ts'
import { deploymentActive, deploymentFailed, invalidTemplateDeployment, resourceNotBuilt } from './findings.ts'
import { nestedPlace, rehearse } from './rehearse.ts'
import { type DeploymentRequest, readDeploymentRequest } from './request.ts'

export interface DeployerOptions {
  readonly plane: ControlPlane
  readonly sealer: Sealer
  readonly subscriptionId: string
}

export type Started =
  | { readonly ok: true; readonly deployment: Deployment; readonly created: boolean }
  | { readonly ok: false; readonly findings: readonly Finding[] }

export class Deployer {
  readonly #plane: ControlPlane
  readonly #sealer: Sealer
  readonly #subscriptionId: string
  readonly #records = new Map<string, Deployment>()
  #stopped = false

  constructor({ plane, sealer, subscriptionId }: DeployerOptions) {
    this.#plane = plane
    this.#sealer = sealer
    this.#subscriptionId = subscriptionId
    for (const { kind, key, value } of plane.store.load().records) {
      if (kind === 'deployment') this.#records.set(key, deploymentSchema.parse(value))
    }
  }

  /** Takes up what a killed server left running. */
  resume(): void {
    for (const record of this.#records.values()) {
      if (record.state !== 'Running') continue
      const request = this.#unseal(record)
      if (request) void this.#run(record, request)
    }
  }

  /** Starts nothing more; what is being built goes on being built. */
  stop(): void {
    this.#stopped = true
  }

  get(id: string): Deployment | undefined {
    return this.#records.get(id.toLowerCase())
  }

  list(group: string): Deployment[] {
    const prefix = `${group.toLowerCase()}/`
    return [...this.#records].filter(([key]) => key.startsWith(prefix)).map(([, record]) => record)
  }

  /** Forgets a deployment that ended; what it deployed stays. */
  async forget(id: string): Promise<void> {
    this.#records.delete(id.toLowerCase())
    await this.#plane.commit([{ kind: 'deployment', key: id.toLowerCase(), value: null }])
  }

  /** What a template would be refused for, without deploying it. */
  validate(id: ResourceId, body: unknown): readonly Finding[] {
    const read = readDeploymentRequest(body, id.text)
    if (!read.ok) return read.findings
    return this.#preflight(read.value, this.#placeOf(id, randomUUID(), new Date().toISOString()))
  }

  /** Stores a deployment and starts it; refused whole where any of its resources would be. */
  async start(id: ResourceId, body: unknown): Promise<Started> {
    const previous = this.get(id.key)
    if (previous?.state === 'Running') return { ok: false, findings: [deploymentActive(id.text, { name: id.name })] }
    const read = readDeploymentRequest(body, id.text)
    if (!read.ok) return read
    const place = this.#placeOf(id, randomUUID(), new Date().toISOString())
    const findings = this.#preflight(read.value, place)
    if (refuses(findings)) return { ok: false, findings }
    const expanded = this.#expand(read.value, place)
    if (!expanded.ok) return expanded
    const record: Deployment = {
      id: id.text,
      name: id.name,
      resourceGroup: id.resourceGroup,
      state: 'Running',
      correlationId: place.correlationId,
      startedAt: place.startedAt,
      finishedAt: null,
      sealed: this.#sealer.seal(JSON.stringify(read.value), id.key).toString('base64'),
      parameters: expanded.value.parameters,
      outputs: null,
      operations: [],
    }
    await this.#save(record)
    void this.#run(record, read.value)
    return { ok: true, deployment: record, created: previous === undefined }
  }

  #preflight(request: DeploymentRequest, place: DeploymentPlace): readonly Finding[] {
    const facts = { ...this.#plane.facts(), ready: () => true }
    const { findings } = rehearse(request, place, { world: this.#plane.world, facts, choices: countedChoices() })
    const errors = findings.filter(({ severity }) => severity === 'error')
    if (errors.length === 0) return findings
    // What is wrong with the template itself is said as it is; what resources are refused for is wrapped, as Azure does.
    if (errors.every(({ code }) => code === 'InvalidTemplate')) return errors
    return [invalidTemplateDeployment(place.name, { name: place.name, count: errors.length }, errors)]
  }

  #expand(request: DeploymentRequest, place: DeploymentPlace) {
    return expandTemplate(request.template, request.parameters, deploymentFacts(place, this.#plane.viewed))
  }

  async #run(record: Deployment, request: DeploymentRequest): Promise<void> {
    const id = parseResourceId(record.id)
    if (!id.ok) throw new Error(`a stored deployment has the id ${record.id}`)
    const place = this.#placeOf(id.value, record.correlationId, record.startedAt)
    const { findings, operations, outputs } = await this.#runTemplate(request, place, operations =>
      this.#save({ ...record, operations }),
    )
    if (this.#stopped) return
    const finishedAt = new Date().toISOString()
    if (refuses(findings)) {
      const { error } = errorBody([deploymentFailed(record.id, { name: record.name }, findings)]).body
      await this.#save({ ...record, operations, state: 'Failed', finishedAt, error })
    } else await this.#save({ ...record, operations, outputs, state: 'Succeeded', finishedAt })
  }

  async #runTemplate(
    request: DeploymentRequest,
    place: DeploymentPlace,
    onProgress: (operations: DeploymentOperation[]) => Promise<void>,
  ): Promise<{ findings: readonly Finding[]; operations: DeploymentOperation[]; outputs: JsonObject }> {
    const expanded = this.#expand(request, place)
    if (!expanded.ok) return { findings: expanded.findings, operations: [], outputs: {} }
    const { resources } = expanded.value
    const nested = new Map<string, JsonObject>()
    const operations: DeploymentOperation[] = []
    const findings: Finding[] = []
    const done = new Map<string, Promise<boolean>>()
    const deployOne = async (resource: ResourceDeclaration): Promise<boolean> => {
      const before = await Promise.all(resource.dependsOn.map(id => done.get(id.toLowerCase()) ?? true))
      if (this.#stopped || before.includes(false)) return false
      const at = () => new Date().toISOString()
      const operation = { id: randomUUID(), resource: resource.id, type: resource.type }
      const found = await this.#deploy(resource, place, nested)
      const failed = refuses(found)
      findings.push(...found)
      const error = failed ? { error: errorBody(found).body.error } : {}
      operations.push({ ...operation, state: failed ? 'Failed' : 'Succeeded', at: at(), ...error })
      // Nobody waits for this: after a kill the whole deployment is run again and finds what stands.
      void onProgress([...operations])
      return !failed
    }
    for (const resource of resources) done.set(resource.id.toLowerCase(), deployOne(resource))
    await Promise.all(done.values())
    return { findings, operations, outputs: this.#outputs(expanded.value, findings, nested) }
  }

  #outputs(expanded: ExpandedTemplate, findings: Finding[], nested: ReadonlyMap<string, JsonObject>): JsonObject {
    if (refuses(findings) || this.#stopped) return {}
    const outputs = expanded.outputs(this.#runtime(nested))
    if (outputs.ok) return outputs.value
    findings.push(...outputs.findings)
    return {}
  }

  /** One resource, from its body to Succeeded; what refuses or fails it. */
  async #deploy(
    resource: ResourceDeclaration,
    place: DeploymentPlace,
    nested: Map<string, JsonObject>,
  ): Promise<readonly Finding[]> {
    const body = resource.body(this.#runtime(nested))
    if (!body.ok) return body.findings
    if (resource.type.toLowerCase() === DEPLOYMENT_TYPE.toLowerCase()) {
      const read = readDeploymentRequest(body.value, resource.place)
      if (!read.ok) return read.findings
      const inner = await this.#runTemplate(read.value, nestedPlace(resource, place), async () => {})
      nested.set(resource.id.toLowerCase(), { properties: { outputs: inner.outputs } })
      return inner.findings
    }
    const id = parseResourceId(resource.id)
    if (!id.ok) return [resourceNotBuilt(resource.id, { id: resource.id, reason: id.reason })]
    const submitted = await this.#plane.submit({ kind: 'put', id: id.value, body: body.value })
    if (refuses(submitted.findings)) return submitted.findings
    const readiness = await this.#plane.settled(id.value.type, id.value.key)
    if (readiness?.state === 'Succeeded') return []
    const reason = readiness ? (readiness.message ?? readiness.state) : 'it was deleted meanwhile'
    return [resourceNotBuilt(resource.id, { id: resource.id, reason })]
  }

  #runtime(nested: ReadonlyMap<string, JsonObject>): Runtime {
    return {
      read: id => {
        const parsed = parseResourceId(id)
        if (!parsed.ok) return undefined
        const document = this.#plane.world.documents.get(parsed.value.type, parsed.value.key)
        if (document) return view(document, this.#plane.viewed)
        const earlier = this.get(parsed.value.key)
        return nested.get(parsed.value.key) ?? (earlier ? viewDeployment(earlier) : undefined)
      },
      list: () => undefined,
    }
  }

  #placeOf({ name, resourceGroup }: ResourceId, correlationId: string, startedAt: string): DeploymentPlace {
    return { name, resourceGroup, subscriptionId: this.#subscriptionId, correlationId, startedAt }
  }

  async #save(record: Deployment): Promise<void> {
    const key = record.id.toLowerCase()
    // Progress that is written after the end would bring a finished deployment back to life.
    if (record.state === 'Running' && this.#records.get(key)?.correlationId === record.correlationId) {
      if (this.#records.get(key)?.state !== 'Running') return
    }
    this.#records.set(key, record)
    await this.#plane.commit([{ kind: 'deployment', key, value: record }])
  }

  #unseal(record: Deployment): DeploymentRequest | null {
    const opened = this.#sealer.open(Buffer.from(record.sealed, 'base64'), record.id.toLowerCase())
    return opened ? JSON.parse(opened.toString('utf8')) : null
  }
}
