/**
 * The engine that builds nothing: for questions (`hsmnet plan`) and tests of the control plane. It calls every element
 * ready, and every device zeroized, because on paper they are; the server says which engine it runs wherever it says
 * what stands.
 */
import type { HostPlace } from '../../machine/agent/protocol.ts'
import type { Plan } from '../../model/plan/plan.ts'
import type { DeviceState, ElementStatus, Status } from '../../model/plan/status.ts'
import type { Engine } from './engine.ts'
import { StatusQueue } from './status-queue.ts'

export class PaperEngine implements Engine {
  readonly name = 'none'
  readonly trouble = null
  readonly #queue = new StatusQueue()
  #present = new Set<string>()

  realise(plan: Plan, revision: number): void {
    const at = new Date().toISOString()
    const elements = Object.values(plan.parts)
      .flatMap(part => [...part.routers, ...part.links, ...part.ports, ...part.endpoints, ...part.daemons])
      .map(({ id, resource }): ElementStatus => ({ id, resource, state: 'ready', since: at }))
    const ids = new Set(elements.map(({ id }) => id))
    const removed = [...this.#present].filter(id => !ids.has(id))
    this.#present = ids
    this.#queue.push({ machine: 'local', revision, elements, removed, settled: true, at })
  }

  statuses(): AsyncIterable<Status> {
    return this.#queue
  }

  async device(id: string): Promise<DeviceState | null> {
    if (!this.#present.has(id)) return null
    return { zeroized: true, label: null, serial: '0', partitions: 0, clients: 0, ntls: false, running: false }
  }

  async host(_id: string): Promise<HostPlace | null> {
    return null
  }

  async down(_purge: boolean): Promise<void> {}

  close(): void {
    this.#queue.end()
  }
}
