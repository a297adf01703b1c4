/**
 * The agent's one loop: look at the kernel and the processes, compare with the plan, make them equal; again when a plan
 * comes, when a process ends, and every so often, because somebody may have changed something by hand.
 */
import type { Logger } from 'pino'
import { carryOut } from './carry-out.ts'
import { askControl } from './device.ts'
import { attach, type Inhabitant, strays } from './kernel/attach.ts'
import { type Changes, diff, isEmpty, type Observed } from './kernel/diff.ts'
import { type LayoutContext, layoutPlan } from './kernel/layout.ts'
import type { Layout } from './kernel/namespace-state.ts'
import { observe } from './kernel/observe.ts'
import { describeChanges } from './kernel/render.ts'
import { removeLeftDirectories } from './left-directories.ts'
import { Measurements } from './measurements.ts'
import type { KeptPlan } from './plan-file.ts'
import type { Orders } from './processes/compare.ts'
import { writeConfig } from './processes/directories.ts'
import type { SandboxContext } from './processes/sandbox.ts'
import { Supervisor } from './processes/supervisor.ts'
import { type WantedProcess, wantedProcesses } from './processes/wanted.ts'
import { elementStatuses, type UndatedStatus } from './status.ts'

export interface ReconcilerOptions {
  readonly sandbox: SandboxContext
  readonly layout: LayoutContext
  readonly log: Logger
  /** Called when a status may have changed; `settled` when nothing is being done. */
  readonly onStatus: (statuses: readonly UndatedStatus[], settled: boolean) => void
}

/** How soon the end of a process is noticed. */
const TICK_MILLISECONDS = 500
/** Looking at the kernel takes at most a fiftieth of one processor: the pause grows with what a look takes. */
const LOOK_SHARE = 50
const SHORTEST_PAUSE = 2000
const LONGEST_PAUSE = 60_000
/** How many differences one line of the log names. */
const LOGGED = 10

export class Reconciler {
  readonly #options: ReconcilerOptions
  readonly #supervisor: Supervisor
  readonly #measurements: Measurements
  #kept: KeptPlan
  #layout: Layout
  #wanted: readonly WantedProcess[]
  /** As last seen, and what the plan of now still misses in it; null before the first look. */
  #observed: Observed | null = null
  #missing: Changes | null = null
  #errors: ReadonlyMap<string, string> = new Map()
  /** Nothing was done yet for the plan of now. */
  #planIsNew = true
  #busy = false
  #nextLook = 0
  #stopped = false
  #wake: () => void = () => {}
  #loop: Promise<void> | null = null

  constructor(kept: KeptPlan, options: ReconcilerOptions) {
    this.#options = options
    this.#supervisor = new Supervisor(options.sandbox, () => this.#measureSoon())
    this.#measurements = new Measurements(options.sandbox.owner, id => this.#supervisor.facts(id).ready)
    this.#kept = kept
    this.#layout = layoutPlan(kept.plan, options.layout)
    this.#wanted = wantedProcesses(kept.plan, options.sandbox.owner, options.sandbox.paths)
  }

  get kept(): KeptPlan {
    return this.#kept
  }

  /** From now on a plan that was linted is what is wanted. */
  take(kept: KeptPlan): void {
    const { layout, sandbox } = this.#options
    this.#kept = kept
    this.#layout = layoutPlan(kept.plan, layout)
    this.#wanted = wantedProcesses(kept.plan, sandbox.owner, sandbox.paths)
    // What the new plan shares with the one before stands already.
    this.#missing = this.#observed === null ? null : diff(this.#layout, this.#observed, sandbox.owner)
    this.#planIsNew = true
    // Otherwise the next round begins at once, and has more to tell.
    if (this.#busy) this.#publish()
    this.#wake()
  }

  start(): void {
    this.#loop ??= this.#run()
  }

  /** Ends the loop after the round that is under way; everything goes on as it is. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#wake()
    await this.#loop
  }

  wanted(id: string): WantedProcess | undefined {
    return this.#wanted.find(wanted => wanted.id === id)
  }

  /** True when a host has a client beside it. */
  hasClient(endpoint: string): boolean {
    return this.#wanted.some(wanted => wanted.kind === 'client' && wanted.endpoint === endpoint)
  }

  /** The uid of a host's programs, as the machine sees it. */
  uidOf(host: WantedProcess): number {
    return this.#supervisor.uidOf(host)
  }

  /** The process that is a host's holder or a daemon, once it is ready. */
  pidOf(id: string): number | null {
    const { process, ready } = this.#supervisor.facts(id)
    return ready ? (process?.pid ?? null) : null
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const woken = new Promise<void>(resolve => {
        this.#wake = resolve
      })
      const died = this.#supervisor.noticeDeaths()
      const retry = this.#supervisor.nextTry() ?? Number.POSITIVE_INFINITY
      // Without any plan an agent knows nothing of what is right, so it touches nothing.
      const plan = this.#kept.revision >= 0
      if (plan && (this.#planIsNew || died || Date.now() >= Math.min(this.#nextLook, retry))) {
        this.#nextLook = Date.now() + SHORTEST_PAUSE
        await this.#round().catch(error => this.#options.log.error({ error: String(error) }, 'a round failed'))
        this.#busy = false
      }
      void this.#measurements.measure(Date.now(), () => {
        this.#publish()
        this.#wake()
      })
      const pause = Math.min(TICK_MILLISECONDS, this.#measurements.pause(Date.now()))
      let timer: NodeJS.Timeout | undefined
      const slept = new Promise<void>(resolve => {
        timer = setTimeout(resolve, pause)
      })
      await Promise.race([woken, slept])
      clearTimeout(timer)
    }
  }

  async #round(): Promise<void> {
    const began = Date.now()
    const planIsNew = this.#planIsNew
    this.#planIsNew = false
    const layout = this.#layout
    const wanted = this.#wanted
    this.#measurements.take(this.#kept.plan, wanted)

    const running = this.#supervisor.look()
    await this.#reattach(wanted)
    const changes = await this.#look(layout, wanted)
    const misplaced = strays(this.#inhabitants(wanted, ['client'])).map(({ pid }) => pid)
    const orders = this.#supervisor.orders(wanted, running, new Set(misplaced))
    const took = Date.now() - began
    this.#errors = new Map()
    if (!isEmpty(changes) || orders.end.length + orders.start.length > 0) {
      if (!planIsNew) this.#logRepair(changes, orders)
      this.#busy = true
      this.#measurements.pathsChanged(changes)
      this.#publish()
      this.#errors = await carryOut(changes, orders, this.#supervisor)
      const left = await this.#look(layout, wanted)
      this.#busy = false
      this.#measurements.soon()
      if (!isEmpty(left)) this.#options.log.warn({ left: describeChanges(left).slice(0, LOGGED) }, 'not all was done')
    } else {
      this.#nextLook = Date.now() + Math.min(LONGEST_PAUSE, Math.max(SHORTEST_PAUSE, LOOK_SHARE * took))
    }
    if (planIsNew) await this.#afterNewPlan(wanted)
    this.#publish()
  }

  #logRepair(changes: Changes, { end, start }: Orders): void {
    const what = [
      ...describeChanges(changes),
      ...end.map(process => `end process ${process.pid} of ${process.resource}`),
      ...start.map(process => `start ${process.id}`),
    ]
    this.#options.log.warn(
      { differences: what.length, first: what.slice(0, LOGGED) },
      'repairing what differs from the plan',
    )
  }

  async #look(layout: Layout, wanted: readonly WantedProcess[]): Promise<Changes> {
    const { owner } = this.#options.sandbox
    const inhabitants = new Map(this.#inhabitants(wanted).map(({ namespace, pid }) => [namespace, pid]))
    const observed = await observe(layout, { owner, inhabitants })
    const changes = diff(layout, observed, owner)
    this.#observed = observed
    this.#missing = this.#layout === layout ? changes : diff(this.#layout, observed, owner)
    return changes
  }

  /** The processes that live in a namespace of their own; a client lives in its host's. */
  #inhabitants(wanted: readonly WantedProcess[], kinds: readonly string[] = ['host', 'appliance']): Inhabitant[] {
    return wanted.flatMap(({ id, kind, namespace }) => {
      const { process } = this.#supervisor.facts(id)
      return process && kinds.includes(kind) ? [{ namespace, pid: process.pid }] : []
    })
  }

  /** Programs go on running where somebody deleted or replaced the name of their namespace. */
  async #reattach(wanted: readonly WantedProcess[]): Promise<void> {
    const lost = strays(this.#inhabitants(wanted))
    if (lost.length === 0) return
    this.#options.log.warn({ lost }, 'giving namespaces their names back')
    await attach(lost)
  }

  async #afterNewPlan(wanted: readonly WantedProcess[]): Promise<void> {
    const { paths } = this.#options.sandbox
    removeLeftDirectories(paths, wanted)
    for (const process of wanted) {
      if (process.kind !== 'client' || !this.#supervisor.facts(process.id).process) continue
      writeConfig(process)
      await askControl(process.directory, { op: 'reload' })
    }
  }

  #measureSoon(): void {
    this.#measurements.soon()
    this.#publish()
    this.#wake()
  }

  #publish(): void {
    const { owner } = this.#options.sandbox
    const { probes, reached, devices } = this.#measurements
    const statuses = elementStatuses({
      owner,
      plan: this.#kept.plan,
      layout: this.#layout,
      missing: this.#missing,
      busy: this.#busy,
      errors: this.#errors,
      process: id => this.#supervisor.facts(id),
      probes,
      reached,
      devices,
    })
    const settled =
      !this.#busy && !this.#planIsNew && statuses.every(({ state }) => state === 'ready' || state === 'failed')
    this.#options.onStatus(statuses, settled)
  }
}
