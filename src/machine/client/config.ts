/**
 * What the agent tells a client: `config.json` in the client's state directory, re-read on the control socket's
 * `reload`. Which certificate a member must show is not in it: that is pinned by `trust`, an act of the person who
 * registers the host, so that rights on the control plane alone never lead to an HSM.
 */
import { z } from 'zod'

const member = z.strictObject({ hsm: z.string(), hostname: z.string(), address: z.string(), port: z.int() })
const slot = z.strictObject({ group: z.string(), label: z.string(), serial: z.string(), members: z.array(member) })

export const clientConfigSchema = z.strictObject({ hostname: z.string(), slots: z.array(slot) })

export type ClientConfig = Readonly<z.infer<typeof clientConfigSchema>>
export type ClientSlot = Readonly<z.infer<typeof slot>>
export type ClientMember = Readonly<z.infer<typeof member>>
