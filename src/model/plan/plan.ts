/**
 * The plan: exactly what must exist, as closed-schema data. No command, path or configuration text is in it: an agent
 * derives kernel names from ids and renders all text itself, so nothing a user wrote reaches a program unescaped.
 *
 * It is a map of parts, one a VNet plus one a link between VNets; each part names what it owns by ids that are ARM ids
 * in lower case or extend one with `#kind/name`.
 */
import { z } from 'zod'

const PLAN_ID = /^[a-z0-9/_.()#:@-]{1,600}$/
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/
const CIDR = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\/(?:3[0-2]|[12]?\d)$/

/** An id in the plan. `..` is refused here, although no id is ever used as a path: a second lock on the same door. */
const planId = z
  .string()
  .regex(PLAN_ID)
  .refine(id => !id.includes('..'), 'must not hold ".."')
const ipv4 = z.string().regex(IPV4)
const cidr = z.string().regex(CIDR)
const mac = z.string().regex(/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/)
/** A DNS label: what a host or a device calls itself. */
const label = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/)
const machine = label

/** Where a route leads. `link` and `port` are ids in the same part. */
const routeTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('link'), link: planId }),
  z.strictObject({ kind: z.literal('port'), port: planId }),
  z.strictObject({ kind: z.literal('unreachable') }),
  /** Leave this table and go on with the next rule: how a table says "that prefix is the router's own". */
  z.strictObject({ kind: z.literal('throw') }),
])
const route = z.strictObject({ prefix: cidr, to: routeTarget })

/** Which packets look up a table (design, decision 6: one routing table an ingress). */
const ingress = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('subnet'), subnet: planId }),
  z.strictObject({ kind: z.literal('link'), link: planId }),
  z.strictObject({ kind: z.literal('self') }),
])
const table = z.strictObject({ id: planId, ingress, routes: z.array(route) })

/**
 * A router: one VNet's, an ExpressRoute gateway, or a (stamp, VNet). `addresses` are /32s on lo. Its main table holds
 * `main` and, implied, one /32 a port; the kernel answers `unreachable` for the rest of `prefixes`.
 */
const router = z.strictObject({
  id: planId,
  resource: planId,
  machine,
  role: z.enum(['vnet', 'gateway', 'stamp']),
  addresses: z.array(ipv4),
  prefixes: z.array(cidr),
  main: z.array(route),
  tables: z.array(table),
})

/** An unnumbered wire between two routers (recipes/netns, "Wire between routers"). */
const link = z.strictObject({ id: planId, resource: planId, ends: z.tuple([planId, planId]) })

/** A NIC as a routed port of its router: `address/prefixLength` in the endpoint, its default route by `gateway`. */
const port = z.strictObject({
  id: planId,
  resource: planId,
  router: planId,
  endpoint: planId,
  subnet: planId,
  address: ipv4,
  prefixLength: z.int().min(8).max(30),
  gateway: ipv4,
  mac,
  mtu: z.int().min(576).max(9000),
})

/** A namespace at the end of ports: what runs programs (host) or is a device (appliance). */
const endpoint = z.strictObject({
  id: planId,
  resource: planId,
  machine,
  kind: z.enum(['host', 'appliance']),
  hostname: label,
})

/** One HSM: its process in its endpoint's namespace, listening on 22 and 1792 of `address`. */
const applianceDaemon = z.strictObject({
  kind: z.literal('appliance'),
  id: planId,
  resource: planId,
  machine,
  endpoint: planId,
  hostname: label,
  address: ipv4,
  /** Chosen once when the HSM is created, as a real device's is when it is built. */
  serial: z.string().regex(/^\d{6,12}$/),
})

/** One member of an HA group as its client reaches it. */
const groupMember = z.strictObject({ hsm: planId, hostname: label, address: ipv4, port: z.int().min(1).max(65535) })

/** A slot that an application sees: one HA group. */
const slot = z.strictObject({
  group: planId,
  label: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/),
  /** As Luna: "1" and the primary member's serial; never changes while the group lives. */
  serial: z.string().regex(/^\d{6,16}$/),
  members: z.array(groupMember).min(1),
})

/** The client beside the applications of one host. */
const clientDaemon = z.strictObject({
  kind: z.literal('client'),
  id: planId,
  resource: planId,
  machine,
  endpoint: planId,
  hostname: label,
  slots: z.array(slot),
})

const daemon = z.discriminatedUnion('kind', [applianceDaemon, clientDaemon])

const part = z.strictObject({
  id: planId,
  routers: z.array(router),
  links: z.array(link),
  ports: z.array(port),
  endpoints: z.array(endpoint),
  daemons: z.array(daemon),
})

/** The closed schema. An agent parses with it before it believes anything. */
export const planSchema = z.strictObject({ parts: z.record(planId, part) })

export type Plan = Readonly<z.infer<typeof planSchema>>
export type PlanPart = Readonly<z.infer<typeof part>>
export type PlanRouter = Readonly<z.infer<typeof router>>
export type PlanTable = Readonly<z.infer<typeof table>>
export type PlanRoute = Readonly<z.infer<typeof route>>
export type PlanLink = Readonly<z.infer<typeof link>>
export type PlanPort = Readonly<z.infer<typeof port>>
export type PlanEndpoint = Readonly<z.infer<typeof endpoint>>
export type PlanDaemon = Readonly<z.infer<typeof daemon>>
export type ApplianceDaemon = Readonly<z.infer<typeof applianceDaemon>>
export type ClientDaemon = Readonly<z.infer<typeof clientDaemon>>
export type PlanSlot = Readonly<z.infer<typeof slot>>
export type GroupMember = Readonly<z.infer<typeof groupMember>>
