/** What is measured beside the kernel's state: whether devices are reached, and what they say of themselves. */
import type { Plan } from '../../model/plan/plan.ts'
import type { DeviceState, Probe } from '../../model/plan/status.ts'
import { deviceStateOf } from './device.ts'
import type { Changes } from './kernel/diff.ts'
import { devicesBehind, probeAll, probeTasks } from './probe.ts'
import type { WantedProcess } from './processes/wanted.ts'

/** A device that was reached is probed again after so long; one that was not, soon, and then ever later. */
const PROBE_MILLISECONDS = 10_000
const FIRST_RETRY = 50
const DEVICE_MILLISECONDS = 1000

export class Measurements {
  readonly probes = new Map<string, Probe>()
  /** Devices that a probe has reached since their path last changed. */
  readonly reached = new Set<string>()
  readonly devices = new Map<string, DeviceState>()
  readonly #owner: string
  readonly #runs: (id: string) => boolean
  #plan: Plan = { parts: {} }
  #appliances: readonly WantedProcess[] = []
  #probeDue = 0
  #retry = FIRST_RETRY
  #devicesDue = 0
  #measuring = false

  /** @param runs whether a daemon says that it is ready: nothing else is probed. */
  constructor(owner: string, runs: (id: string) => boolean) {
    this.#owner = owner
    this.#runs = runs
  }

  /** What is measured from now on. */
  take(plan: Plan, wanted: readonly WantedProcess[]): void {
    this.#plan = plan
    this.#appliances = wanted.filter(process => process.kind === 'appliance')
    const ids = new Set(this.#appliances.map(process => process.id))
    for (const known of [this.probes, this.reached, this.devices]) {
      for (const id of known.keys()) if (!ids.has(id)) known.delete(id)
    }
  }

  /** Devices whose path these changes touch count as not reached until a probe passes. */
  pathsChanged(changes: Changes): void {
    for (const id of devicesBehind(this.#plan, changes, this.#owner)) this.reached.delete(id)
  }

  /** Something began to run: measure at once. */
  soon(): void {
    this.#retry = FIRST_RETRY
    this.#probeDue = 0
    this.#devicesDue = 0
  }

  /** Milliseconds until something is due; while it is still measuring, nothing is. */
  pause(now: number): number {
    if (this.#measuring || this.#appliances.length === 0) return Number.POSITIVE_INFINITY
    return Math.max(0, Math.min(this.#probeDue, this.#devicesDue) - now)
  }

  /**
   * Measures what is due, and calls `onResult` once all of it is: a device that was reached just now also says by then
   * that it runs. Does nothing while it is still measuring.
   */
  async measure(now: number, onResult: () => void): Promise<void> {
    if (this.#measuring || this.#appliances.length === 0) return
    const probing = now >= this.#probeDue
    const asking = now >= this.#devicesDue || (probing && !this.#allReached())
    if (!probing && !asking) return
    this.#measuring = true
    await Promise.all([...(probing ? [this.#probe()] : []), ...(asking ? [this.#ask()] : [])])
    this.#measuring = false
    onResult()
  }

  /** True when every device that runs was reached. */
  #allReached(): boolean {
    return this.#appliances.every(({ id }) => this.reached.has(id) || !this.#runs(id))
  }

  async #probe(): Promise<void> {
    const running = this.#appliances.filter(({ id }) => this.#runs(id))
    const tasks = probeTasks(this.#plan, this.#owner, this.#runs)
    const probed = new Set(tasks.flatMap(task => [...task.targets.keys()]))
    for (const [id, probe] of await probeAll(tasks)) {
      this.probes.set(id, probe)
      if (probe.result === 'passed') this.reached.add(id)
    }
    // Where there is no router to probe from, nothing was measured and nothing is waited for.
    for (const { id } of running) if (!probed.has(id)) this.reached.add(id)
    // One that began to run meanwhile is not reached yet either.
    const all = this.#allReached()
    this.#probeDue = Date.now() + (all ? PROBE_MILLISECONDS : this.#retry)
    this.#retry = all ? FIRST_RETRY : Math.min(2 * this.#retry, PROBE_MILLISECONDS)
  }

  async #ask(): Promise<void> {
    await Promise.all(
      this.#appliances.map(async ({ id, directory }) => {
        const state = await deviceStateOf(directory)
        if (state) this.devices.set(id, state)
      }),
    )
    this.#devicesDue = Date.now() + DEVICE_MILLISECONDS
  }
}
