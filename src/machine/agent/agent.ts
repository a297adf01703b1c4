/** What an agent does for whoever talks to it: the protocol's requests, one method each. */
import { isDeepStrictEqual } from 'node:util'
import type { StatePaths } from '../../base/process/state.ts'
import type { Plan } from '../../model/plan/plan.ts'
import type { DeviceState, Status } from '../../model/plan/status.ts'
import { deviceStateOf } from './device.ts'
import { noteNetnsMount } from './kernel/netns-mount.ts'
import { lintPlan } from './lint.ts'
import { clientDirectory } from './places.ts'
import { planElements } from './plan-elements.ts'
import { readPlan, writePlan } from './plan-file.ts'
import { ROOTLESS_UID } from './processes/identity.ts'
import type { HostPlace } from './protocol.ts'
import { Reconciler, type ReconcilerOptions } from './reconcile.ts'
import { StatusStream } from './status-stream.ts'
import { takeDown } from './take-down.ts'

/** A request that is not carried out; becomes the protocol's `ok: false`. */
export interface Refusal {
  readonly code: 'PlanRefused' | 'StaleRevision' | 'HostNotFound' | 'HostNotReady' | 'DeviceNotFound' | 'DownFailed'
  readonly message: string
}

export type Answer<T> = { readonly value: T } | { readonly refusal: Refusal }

export interface AgentOptions extends Omit<ReconcilerOptions, 'onStatus'> {
  /** Rootless: the instance holder's pid as the machine sees it. */
  readonly instancePid: number | null
}

/** How many faults of a refused plan are told. */
const FAULTS_TOLD = 5

export class Agent {
  readonly #options: AgentOptions
  readonly #paths: StatePaths
  readonly #reconciler: Reconciler
  readonly #stream: StatusStream

  constructor(options: AgentOptions) {
    this.#options = options
    this.#paths = options.sandbox.paths
    const kept = readPlan(this.#paths)
    this.#stream = new StatusStream(
      () => planElements(this.#reconciler.kept.plan).routers[0]?.machine ?? 'local',
      () => this.revision,
    )
    this.#reconciler = new Reconciler(kept, {
      ...options,
      onStatus: (statuses, settled) => this.#stream.note(statuses, settled),
    })
    noteNetnsMount(this.#paths)
    this.#reconciler.start()
  }

  get owner(): string {
    return this.#options.sandbox.owner
  }

  /** Of the last plan taken; -1 before the first. */
  get revision(): number {
    return this.#reconciler.kept.revision
  }

  /** Takes a plan whose form was checked; it is kept on disk before anything of it is done. */
  plan(revision: number, plan: Plan): Answer<number> {
    const { kept } = this.#reconciler
    if (revision === kept.revision && isDeepStrictEqual(plan, kept.plan)) return { value: revision }
    if (revision <= kept.revision) {
      const message = `revision ${revision} is not higher than ${kept.revision}, the last`
      return { refusal: { code: 'StaleRevision', message } }
    }
    const faults = lintPlan(plan)
    if (faults.length > 0) {
      const told = faults.slice(0, FAULTS_TOLD).map(({ subject, message }) => `${subject}: ${message}`)
      const more = faults.length > FAULTS_TOLD ? [`and ${faults.length - FAULTS_TOLD} more`] : []
      return { refusal: { code: 'PlanRefused', message: [...told, ...more].join('; ') } }
    }
    const next = { revision, plan }
    writePlan(this.#paths, next)
    this.#reconciler.take(next)
    return { value: revision }
  }

  watch(watcher: (status: Status) => void): () => void {
    return this.#stream.watch(watcher)
  }

  async device(id: string): Promise<Answer<DeviceState>> {
    const wanted = this.#reconciler.wanted(id)
    const state = wanted?.kind === 'appliance' ? await deviceStateOf(wanted.directory) : null
    return state
      ? { value: state }
      : { refusal: { code: 'DeviceNotFound', message: `${id} is no device of this machine` } }
  }

  host(id: string): Answer<HostPlace> {
    const wanted = this.#reconciler.wanted(id)
    if (wanted?.kind !== 'host') {
      return { refusal: { code: 'HostNotFound', message: `${id} is no host of this machine` } }
    }
    const pid = this.#reconciler.pidOf(id)
    if (pid === null) return { refusal: { code: 'HostNotReady', message: `${wanted.hostname} does not run yet` } }
    const { mode } = this.#options.sandbox
    return {
      value: {
        mode,
        pid,
        instancePid: this.#options.instancePid,
        uid: mode === 'root' ? this.#reconciler.uidOf(wanted) : ROOTLESS_UID,
        hostname: wanted.hostname,
        client: this.#reconciler.hasClient(id) ? clientDirectory(this.#paths, id) : null,
      },
    }
  }

  /** After this nothing of the instance is left on the machine but files, and the agent has nothing more to do. */
  async down(purge: boolean): Promise<Answer<null>> {
    await this.#reconciler.stop()
    try {
      await takeDown({ paths: this.#paths, owner: this.owner, purge })
      return { value: null }
    } catch (error) {
      return { refusal: { code: 'DownFailed', message: error instanceof Error ? error.message : String(error) } }
    }
  }
}
