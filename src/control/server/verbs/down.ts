/** `down`: takes everything down, ends the server and answers which process that was. With `purge`, keys go too, but only those that are named. */
import { z } from 'zod'
import { processStat } from '../../../base/process/proc.ts'
import { liveHsmsNotNamed } from './findings.ts'
import type { Verb } from './verbs.ts'

const request = z.object({ purge: z.boolean(), destroy: z.array(z.string()) })

export const downVerb: Verb = async ({ plane, deployer, stop }, body) => {
  const { purge, destroy } = request.parse(body)
  if (purge) {
    const named = new Set(destroy.map(name => name.toLowerCase()))
    const live = []
    for (const { document } of plane.world.topology.hsms.values()) {
      const device = await plane.engine.device(`${document.key}#appliance`)
      const spared = named.has(document.name.toLowerCase()) || named.has(document.key)
      if (device?.zeroized !== true && !spared) live.push({ document, device })
    }
    if (live.length > 0) {
      const hsms = live.map(({ document, device }) => ({
        name: document.name,
        state: device === null ? 'cannot be asked' : `initialised as '${device.label ?? ''}'`,
      }))
      return { ok: false, findings: [liveHsmsNotNamed('down --purge', { hsms })] }
    }
  }
  deployer.stop()
  await plane.engine.down(purge)
  setImmediate(stop)
  return { ok: true, body: { pid: process.pid, start: processStat(process.pid)?.start } }
}
