/**
 * `down`: takes everything down, ends the server and answers which process that was. With `purge`, keys go too, but only
 * those of HSMs that are named.
 */
import { z } from 'zod'
import type { Finding } from '../../../base/findings/finding.ts'
import { processStat } from '../../../base/process/proc.ts'
import type { ControlPlane } from '../../plane/control-plane.ts'
import { downFailed, liveHsmsNotNamed } from './findings.ts'
import { verb } from './verb.ts'

const request = z.object({ purge: z.boolean(), destroy: z.array(z.string()).default([]) })

export const downVerb = verb(request, async ({ plane, deployer, stop }, { purge, destroy }) => {
  const live = purge ? await liveHsms(plane, destroy) : null
  if (live) return { ok: false, findings: [live] }
  try {
    await plane.engine.down(purge)
  } catch (error) {
    return {
      ok: false,
      findings: [downFailed('down', { reason: error instanceof Error ? error.message : String(error) })],
    }
  }
  deployer.stop()
  setImmediate(stop)
  return { ok: true, body: { pid: process.pid, start: processStat(process.pid)?.start } }
})

/** A finding that lists the HSMs that hold keys, or may hold keys, and are not named. */
async function liveHsms({ world, engine }: ControlPlane, destroy: readonly string[]): Promise<Finding | null> {
  const named = new Set(destroy.map(name => name.toLowerCase()))
  const hsms = [...world.topology.hsms.values()].filter(
    ({ document }) => !named.has(document.name.toLowerCase()) && !named.has(document.key),
  )
  const asked = await Promise.all(
    hsms.map(async ({ document }) => ({ document, device: await engine.device(`${document.key}#appliance`) })),
  )
  const live = asked.filter(({ device }) => device?.zeroized !== true)
  if (live.length === 0) return null
  return liveHsmsNotNamed('down --purge', {
    hsms: live.map(({ document, device }) => ({
      name: document.name,
      state: device === null ? 'cannot be asked' : `initialised as '${device.label ?? ''}'`,
    })),
  })
}
