/**
 * The control plane: what is wanted (the world), what is seen (statuses), and the way from one to the other. A request
 * is admitted, stored, answered and realised, in this order; nothing is answered before it is on disk.
 */
import { randomUUID } from 'node:crypto'
import type { Finding } from '../../base/findings/finding.ts'
import {
  type CompiledPlan,
  EMPTY_PLAN,
  elementsChanged,
  elementsWanted,
  isWanted,
  planOf,
  samePlan,
} from '../../model/plan/compile.ts'
import type { DeviceState } from '../../model/plan/status.ts'
import type { Document } from '../../model/resources/document.ts'
import type { Facts, Limits } from '../../model/rules/rule.ts'
import { type Admission, type AdmitRequest, admit } from '../admit/admit.ts'
import type { Choices } from '../admit/choices.ts'
import { removedDocuments } from '../admit/removed-documents.ts'
import { changeWorld, EMPTY_WORLD, type World } from '../admit/world.ts'
import type { Engine } from '../engine/engine.ts'
import type { Store, StoreRecord } from '../store/store.ts'
import { type Observed, type Readiness, readinessOf, stands } from '../view/readiness.ts'
import type { Viewed } from '../view/viewed.ts'
import { Observation } from './observation.ts'
import { OPERATION_LIFETIME_MILLISECONDS, type Operation, type OperationState, operationSchema } from './operations.ts'

export interface ControlPlaneOptions {
  readonly store: Store
  readonly engine: Engine
  readonly choices: Choices
  readonly limits: Limits
  /** What cannot go on: the store failed, so memory is ahead of the disk. */
  readonly onFatal: (error: unknown) => void
}

export interface Submitted {
  readonly findings: readonly Finding[]
  readonly document: Document | null
  readonly created: boolean
  /** Absent where nothing changed or a finding refused. */
  readonly operation: Operation | null
}

export class ControlPlane {
  readonly engine: Engine
  readonly store: Store
  readonly #choices: Choices
  readonly #limits: Limits
  readonly #onFatal: (error: unknown) => void
  readonly #observation = new Observation()
  readonly #operations = new Map<string, Operation>()
  readonly #changedAt = new Map<string, number>()
  /** The plan that the engine was given last. */
  #realised: { readonly plan: CompiledPlan; readonly revision: number } | null = null
  #world: World = EMPTY_WORLD
  #durable: Promise<void> = Promise.resolve()
  #recompiled = 0

  constructor({ store, engine, choices, limits, onFatal }: ControlPlaneOptions) {
    this.store = store
    this.engine = engine
    this.#choices = choices
    this.#limits = limits
    this.#onFatal = onFatal
    this.#load()
    void this.#observe()
    // A new life begins with a new revision: what was compiled may differ from what an agent keeps of the last one.
    const revision = store.nextRevision
    this.#markChanged(EMPTY_PLAN, this.#world.plan, revision)
    void this.commit([]).then(() => this.#realise())
  }

  /** Everything that a view is made of. Await `durable` first: what is not on disk yet is not to be shown. */
  get viewed(): Viewed {
    const { documents, topology, plan } = this.#world
    return { documents, topology, plan, changedAt: this.#changedAt, observed: this.#observation.now }
  }

  get world(): World {
    return this.#world
  }

  get observed(): Observed {
    return this.#observation.now
  }

  /** Plan parts compiled since the start: a figure that tests and `status` show. */
  get recompiled(): number {
    return this.#recompiled
  }

  /** Resolves when all that was admitted is on disk. */
  durable(): Promise<void> {
    return this.#durable
  }

  /** Admits, stores and realises one change, and with it `more` records; answers when all is durable. */
  async submit(
    request: AdmitRequest,
    more: (operation: Operation) => readonly StoreRecord[] = () => [],
  ): Promise<Submitted> {
    const devices = request.kind === 'delete' ? await this.#askDevices(request) : new Map<string, DeviceState | null>()
    const before = this.#world.plan
    const admission = admit(this.#world, request, this.facts(devices), this.#choices)
    const { findings, document, created, changes } = admission
    if (changes.length === 0) return { findings, document, created, operation: null }

    this.#world = admission.world
    this.#recompiled += this.#world.plan.recompiled
    const operation = this.#startOperation(request, admission, before)
    this.#observation.lookAgain()
    const records: StoreRecord[] = changes.map(change => ({
      kind: 'document',
      key: change.document.key,
      value: change.kind === 'put' ? change.document : null,
    }))
    await this.commit([...records, { kind: 'operation', key: operation.id, value: operation }, ...more(operation)])
    this.#realise()
    return { findings, document, created, operation }
  }

  /** Stores records of any kind; a failure ends the process. */
  commit(records: readonly StoreRecord[]): Promise<void> {
    this.#durable = this.store.commit(records).catch(error => this.#onFatal(error))
    return this.#durable
  }

  /** What rules ask of the world. Devices are asked before, because a rule is pure. */
  facts(devices: ReadonlyMap<string, DeviceState | null> = new Map()): Facts {
    const viewed = this.viewed
    return {
      limits: this.#limits,
      ready: key => {
        const gateway = viewed.documents.get('Microsoft.Network/virtualNetworkGateways', key)
        return gateway !== undefined && stands(gateway, viewed)
      },
      device: key => devices.get(key) ?? 'unknown',
    }
  }

  readiness(document: Document): Readiness {
    return readinessOf(document, this.viewed)
  }

  /** Resolves when a resource is no longer being built: Succeeded, Failed, or gone (null). */
  settled(type: string, key: string): Promise<Readiness | null> {
    return this.#observation.until(() => {
      const document = this.#world.documents.get(type, key)
      if (!document) return { value: null }
      const readiness = this.readiness(document)
      return readiness.state === 'Updating' ? undefined : { value: readiness }
    })
  }

  /** An operation by id; undefined where it is unknown or was forgotten. */
  operation(id: string): Operation | undefined {
    return this.#operations.get(id)
  }

  operationState(operation: Operation): OperationState {
    const { observed } = this.viewed
    if (operation.kind === 'delete') {
      // What is wanted now was made again since under the same id: it is not what was deleted.
      const gone = (id: string) => !observed.elements.has(id) || isWanted(this.#world.plan, id)
      const seen = operation.elements.length === 0 || this.#engineSaw(operation.revision)
      return seen && operation.elements.every(gone) ? { status: 'Succeeded' } : { status: 'InProgress' }
    }
    const document = this.#world.documents.get(operation.type, operation.resource)
    if (!document) return { status: 'Canceled' }
    const { state, message } = this.readiness(document)
    if (state === 'Failed') return { status: 'Failed', message: message ?? 'it could not be built' }
    return { status: state === 'Succeeded' ? 'Succeeded' : 'InProgress' }
  }

  #startOperation(request: AdmitRequest, { changes, world }: Admission, before: CompiledPlan): Operation {
    const removed = changes.flatMap(({ kind, document }) => (kind === 'delete' ? [document.key] : []))
    const elements = removed.flatMap(key => elementsWanted(before, key))
    const revision = this.store.nextRevision
    this.#markChanged(before, world.plan, revision)
    const operation: Operation = {
      id: randomUUID(),
      kind: request.kind === 'delete' ? 'delete' : 'put',
      resource: request.id.text,
      type: request.id.type,
      revision,
      elements: request.kind === 'delete' ? elements : [],
      startedAt: this.#choices.now(),
    }
    this.#operations.set(operation.id, operation)
    return operation
  }

  async #askDevices({ id }: AdmitRequest): Promise<ReadonlyMap<string, DeviceState | null>> {
    const hsms = removedDocuments(this.#world, id).filter(
      ({ type }) => type === 'Microsoft.HardwareSecurityModules/dedicatedHSMs',
    )
    const asked = hsms.map(async ({ key }) => [key, await this.engine.device(`${key}#appliance`)] as const)
    return new Map(await Promise.all(asked))
  }

  #load(): void {
    const { records } = this.store.load()
    const documents: Document[] = []
    const forgotten: StoreRecord[] = []
    for (const { kind, key, value } of records) {
      if (kind === 'document') documents.push(value as Document)
      if (kind !== 'operation') continue
      const operation = operationSchema.parse(value)
      if (Date.now() - Date.parse(operation.startedAt) > OPERATION_LIFETIME_MILLISECONDS) {
        forgotten.push({ kind, key, value: null })
      } else this.#operations.set(key, operation)
    }
    if (forgotten.length > 0) void this.commit(forgotten)
    this.#world = changeWorld(
      EMPTY_WORLD,
      documents.map(document => ({ kind: 'put', document })),
    )
  }

  /** Whether what the engine said last is about a plan of this revision, or about one that wants the same. */
  #engineSaw(revision: number): boolean {
    const given = this.#realised
    if (!given || !samePlan(given.plan, this.#world.plan)) return this.observed.revision >= revision
    return this.observed.revision >= Math.min(revision, given.revision)
  }

  /** Gives the engine the present plan unless it has it: several changes of one turn are one. */
  #realise(): void {
    const { plan } = this.#world
    if (this.#realised && samePlan(this.#realised.plan, plan)) return
    const { revision } = this.store
    this.#realised = { plan, revision }
    this.engine.realise(planOf(plan), revision)
  }

  #markChanged(before: CompiledPlan, after: CompiledPlan, revision: number): void {
    for (const id of elementsChanged(before, after)) this.#changedAt.set(id, revision)
  }

  async #observe(): Promise<void> {
    for await (const status of this.engine.statuses()) this.#observation.take(status)
  }
}
