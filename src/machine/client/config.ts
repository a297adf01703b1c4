/**
 * What the agent tells a client: `config.json` in the client's state directory, re-read on the control socket's
 * `reload`. Which certificate a member must show is not in it: that is pinned by `trust`, an act of the person who
 * registers the host, so that rights on the control plane alone never lead to an HSM.
 */
import { closed, int, listOf, type ShapeOf, text } from '../../base/shape/shape.ts'

const member = closed({ hsm: text(1), hostname: text(1), address: text(1), port: int(1) })
const slot = closed({ group: text(1), label: text(1), serial: text(1), members: listOf(member) })

export const clientConfigShape = closed({ hostname: text(1), slots: listOf(slot) })

export type ClientConfig = ShapeOf<typeof clientConfigShape>
export type ClientSlot = ShapeOf<typeof slot>
export type ClientMember = ShapeOf<typeof member>
