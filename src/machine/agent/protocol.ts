/**
 * The agent's protocol: JSON lines over a unix socket in a 0700 directory. A request carries `seq`, its one answer
 * carries the same; events carry none. The agent parses each line with these closed schemas and drops a connection
 * that breaks them.
 */
import { z } from 'zod'
import { planSchema } from '../../model/plan/plan.ts'
import { deviceStateSchema, statusSchema } from '../../model/plan/status.ts'

const seq = z.int().min(0)
const id = z.string().max(600)

export const requestSchema = z.discriminatedUnion('op', [
  /** First on every connection: the owner mark must match the agent's instance. */
  z.strictObject({ seq, op: z.literal('hello'), owner: z.string().max(64) }),
  /** Realise a plan. Refused unless `revision` is higher than the last, or equal with the same plan. */
  z.strictObject({ seq, op: z.literal('plan'), revision: z.int().min(0), plan: planSchema }),
  /** From now on send status events on this connection; the first holds everything. */
  z.strictObject({ seq, op: z.literal('watch') }),
  /** Ask a device now, not from the last poll. */
  z.strictObject({ seq, op: z.literal('device'), id }),
  /** How a program enters a host. */
  z.strictObject({ seq, op: z.literal('host'), id }),
  /** Remove every namespace, link, process and mount, then exit. `purge` also destroys hosts' files and devices' keys. */
  z.strictObject({ seq, op: z.literal('down'), purge: z.boolean() }),
])

/** Where a host is, as the kernel of this machine knows it. */
export const hostPlaceSchema = z.strictObject({
  mode: z.enum(['root', 'rootless']),
  /** The host's holder, in the pid namespace of the agent (root: the machine's; rootless: the instance's). */
  pid: z.int().min(1),
  /** Rootless: the instance holder's pid in the machine's pid namespace. */
  instancePid: z.int().min(1).nullable(),
  /** Root: the uid that programs run under. Rootless: 1000 in a user namespace of the program's own. */
  uid: z.int().min(1),
  hostname: z.string(),
  /** The client's state directory for this host, or null where no HA group names the host. */
  client: z.string().nullable(),
})

export const answerSchema = z.union([
  z.strictObject({
    seq,
    ok: z.literal(true),
    device: deviceStateSchema.optional(),
    host: hostPlaceSchema.optional(),
    revision: z.int().min(-1).optional(),
  }),
  z.strictObject({ seq, ok: z.literal(false), code: z.string(), message: z.string() }),
])

export const eventSchema = z.strictObject({ event: z.literal('status'), status: statusSchema })

export type AgentRequest = z.infer<typeof requestSchema>
export type AgentAnswer = z.infer<typeof answerSchema>
export type AgentEvent = z.infer<typeof eventSchema>
export type HostPlace = Readonly<z.infer<typeof hostPlaceSchema>>
