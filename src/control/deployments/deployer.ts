/**
 * Deployments: refused whole before anything changes, stored, run, cancelled, and taken up again after the server was
 * killed.
 */
import { randomUUID } from 'node:crypto'
import { type Finding, refuses } from '../../base/findings/finding.ts'
import type { Sealer } from '../../base/pki/sealing.ts'
import { expandTemplate } from '../../base/template/expand.ts'
import { parseResourceId, type ResourceId } from '../../model/resources/resource-id.ts'
import { countedChoices } from '../admit/choices.ts'
import type { ControlPlane } from '../plane/control-plane.ts'
import type { StoreRecord } from '../store/store.ts'
import { errorBody } from '../view/error-body.ts'
import { type Deployment, deploymentSchema, viewDeployment } from './deployment.ts'
import { type DeploymentPlace, deploymentFacts } from './deployment-facts.ts'
import { runTemplate } from './deployment-run.ts'
import { deploymentActive, deploymentFailed, deploymentLost, invalidTemplateDeployment } from './findings.ts'
import { rehearse } from './rehearse.ts'
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
  /** Sealed templates and parameters of deployments that run: parameters may be secure ones. */
  readonly #sources = new Map<string, string>()
  readonly #running = new Map<string, AbortController>()

  constructor({ plane, sealer, subscriptionId }: DeployerOptions) {
    this.#plane = plane
    this.#sealer = sealer
    this.#subscriptionId = subscriptionId
    for (const { kind, key, value } of plane.store.load().records) {
      if (kind === 'deployment') this.#records.set(key, deploymentSchema.parse(value))
      if (kind === 'deploymentSource') this.#sources.set(key, String(value))
    }
  }

  /** Takes up what a killed server left running. */
  resume(): void {
    for (const record of this.#records.values()) {
      if (record.state !== 'Running') continue
      const request = this.#unseal(record)
      if (request) void this.#run(record, request)
      else void this.#fail(record, [deploymentLost(record.id, { name: record.name })])
    }
  }

  /** Stops waiting; what runs stays Running in the store and is taken up by the next server. */
  stop(): void {
    for (const controller of this.#running.values()) controller.abort('stop')
  }

  get(id: string): Deployment | undefined {
    return this.#records.get(id.toLowerCase())
  }

  list(group: string): Deployment[] {
    const prefix = `${group.toLowerCase()}/`
    return [...this.#records].filter(([key]) => key.startsWith(prefix)).map(([, record]) => record)
  }

  /** Ends a deployment; what it has deployed stays. False where it does not run. */
  async cancel(id: string): Promise<boolean> {
    const record = this.get(id)
    if (record?.state !== 'Running') return false
    const finishedAt = new Date().toISOString()
    await this.#plane.commit(this.#note({ ...record, state: 'Canceled', finishedAt }))
    this.#running.get(record.id.toLowerCase())?.abort('cancel')
    return true
  }

  /** Forgets a deployment that ended; what it deployed stays. */
  async forget(id: string): Promise<void> {
    await this.#plane.commit(this.#dropped(id.toLowerCase()))
  }

  /** Forgets all deployments of a group that goes, ending those that run: the records that say so. */
  forgetGroup(group: string): StoreRecord[] {
    return this.list(group).flatMap(({ id }) => {
      this.#running.get(id.toLowerCase())?.abort('cancel')
      return this.#dropped(id.toLowerCase())
    })
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
    const facts = deploymentFacts(place, this.#plane.viewed)
    const expanded = expandTemplate(read.value.template, read.value.parameters, facts)
    if (!expanded.ok) return expanded
    const record: Deployment = {
      id: id.text,
      name: id.name,
      resourceGroup: id.resourceGroup,
      state: 'Running',
      correlationId: place.correlationId,
      startedAt: place.startedAt,
      finishedAt: null,
      parameters: expanded.value.parameters,
      outputs: null,
      operations: [],
    }
    const sealed = this.#sealer.seal(JSON.stringify(read.value), id.key).toString('base64')
    this.#sources.set(id.key, sealed)
    await this.#plane.commit([...this.#note(record), { kind: 'deploymentSource', key: id.key, value: sealed }])
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

  async #run(record: Deployment, request: DeploymentRequest): Promise<void> {
    const key = record.id.toLowerCase()
    const controller = new AbortController()
    this.#running.set(key, controller)
    const operations = new Map(record.operations.map(one => [one.resource.toLowerCase(), one]))
    const now = (): Deployment => ({ ...record, operations: [...operations.values()] })
    try {
      const id = parseResourceId(record.id)
      if (!id.ok) throw new Error(`a stored deployment has the id ${record.id}`)
      const place = this.#placeOf(id.value, record.correlationId, record.startedAt)
      const { findings, outputs } = await runTemplate(request, place, {
        plane: this.#plane,
        signal: controller.signal,
        operations,
        record: () => this.#progress(now()),
        earlier: other => {
          const found = this.get(other)
          return found && viewDeployment(found)
        },
      })
      if (controller.signal.aborted) return
      if (refuses(findings)) await this.#fail(now(), findings)
      else await this.#end({ ...now(), state: 'Succeeded', outputs })
    } catch (error) {
      // A bug of ours must not leave it Running for ever, nor end the server at every start.
      const message = error instanceof Error ? error.message : String(error)
      await this.#fail(now(), [deploymentLost(record.id, { name: record.name, message })])
    } finally {
      this.#running.delete(key)
    }
  }

  /** A running deployment as a record; after a cancel, the cancelled one. */
  #progress(record: Deployment): StoreRecord {
    const key = record.id.toLowerCase()
    const known = this.#records.get(key)
    const kept =
      known?.state === 'Running' || known === undefined ? record : { ...known, operations: record.operations }
    this.#records.set(key, kept)
    return { kind: 'deployment', key, value: kept }
  }

  async #fail(record: Deployment, findings: readonly Finding[]): Promise<void> {
    const { error } = errorBody([deploymentFailed(record.id, { name: record.name }, findings)]).body
    await this.#end({ ...record, state: 'Failed', error })
  }

  async #end(record: Deployment): Promise<void> {
    const key = record.id.toLowerCase()
    this.#sources.delete(key)
    const ended = this.#note({ ...record, finishedAt: new Date().toISOString() })
    await this.#plane.commit([...ended, { kind: 'deploymentSource', key, value: null }])
  }

  #note(record: Deployment): StoreRecord[] {
    const key = record.id.toLowerCase()
    this.#records.set(key, record)
    return [{ kind: 'deployment', key, value: record }]
  }

  #dropped(key: string): StoreRecord[] {
    this.#records.delete(key)
    this.#sources.delete(key)
    return [
      { kind: 'deployment', key, value: null },
      { kind: 'deploymentSource', key, value: null },
    ]
  }

  #placeOf({ name, resourceGroup }: ResourceId, correlationId: string, startedAt: string): DeploymentPlace {
    return { name, resourceGroup, subscriptionId: this.#subscriptionId, correlationId, startedAt }
  }

  #unseal({ id }: Deployment): DeploymentRequest | null {
    const sealed = this.#sources.get(id.toLowerCase())
    const opened = sealed === undefined ? null : this.#sealer.open(Buffer.from(sealed, 'base64'), id.toLowerCase())
    return opened ? JSON.parse(opened.toString('utf8')) : null
  }
}
