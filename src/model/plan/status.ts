/**
 * Status: what an engine observed of the plan's elements. It flows up as a value: the engine yields it, the server
 * keeps the last, `view` merges it on read. Nothing here is ever assumed; what was not measured is absent.
 */
import { z } from 'zod'

/** `pending`: wanted, nothing done yet. `starting`: being made. `ready`: observed to stand. `failed`: see message. */
const elementState = z.enum(['pending', 'starting', 'ready', 'failed'])

/** What a device says of itself over its control socket, or its state file when it does not run. */
const deviceState = z.strictObject({
  zeroized: z.boolean(),
  label: z.string().nullable(),
  serial: z.string(),
  partitions: z.int().min(0),
  clients: z.int().min(0),
  /** NTLS (1792) accepts connections: never before the default password is changed. */
  ntls: z.boolean(),
  /** Seen on the running device, or read from its files because it does not run. */
  running: z.boolean(),
})

/** Whether a connection through the network reached the element (for an HSM: TCP 22 from the VNet's router). */
const probe = z.strictObject({ result: z.enum(['passed', 'failed']), at: z.string() })

const elementStatus = z.strictObject({
  /** The id of a router, link, port, endpoint or daemon of the plan. */
  id: z.string(),
  /** The ARM id, lower case, of the resource that wants it. */
  resource: z.string(),
  state: elementState,
  /** When this state was first seen, ISO 8601. */
  since: z.string(),
  message: z.string().optional(),
  probe: probe.optional(),
  device: deviceState.optional(),
})

const status = z.strictObject({
  machine: z.string(),
  /** The plan revision that this status speaks of. */
  revision: z.int().min(0),
  /** Elements that changed since the last status of this stream; the first status holds all. */
  elements: z.array(elementStatus),
  /** Ids that no longer exist. */
  removed: z.array(z.string()),
  /** True when everything of this revision is ready or failed and nothing is being done. */
  settled: z.boolean(),
  at: z.string(),
})

export const statusSchema = status
export const deviceStateSchema = deviceState
export type ElementState = z.infer<typeof elementState>
export type DeviceState = Readonly<z.infer<typeof deviceState>>
export type Probe = Readonly<z.infer<typeof probe>>
export type ElementStatus = Readonly<z.infer<typeof elementStatus>>
export type Status = Readonly<z.infer<typeof status>>
