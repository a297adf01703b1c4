/** An engine makes a plan real and says what it sees. `netns` by an agent; `none` plans only. */
import type { HostPlace } from '../../machine/agent/protocol.ts'
import type { Plan } from '../../model/plan/plan.ts'
import type { DeviceState, Status } from '../../model/plan/status.ts'

export interface Engine {
  readonly name: 'netns' | 'none'
  /** Take a plan; what comes of it is seen in `statuses`. Later revisions replace earlier ones. */
  realise(plan: Plan, revision: number): void
  /** Every status from now on; the first of each connection holds all elements. Ends with `close`. */
  statuses(): AsyncIterable<Status>
  /** A device asked now; null where it cannot be. `id` is its appliance daemon's. */
  device(id: string): Promise<DeviceState | null>
  /** How a program enters a host; null where it does not stand. `id` is its endpoint's. */
  host(id: string): Promise<HostPlace | null>
  /** Whether the engine can be talked to at this moment, and if not, why. */
  readonly trouble: string | null
  /** Takes everything down and ends the engine. */
  down(purge: boolean): Promise<void>
  /** Ends the connection; what stands goes on standing. */
  close(): void
}
