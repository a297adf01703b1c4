/** `host`: where a host is, so that the CLI can enter it. The kernel decides whether the caller may. */
import { z } from 'zod'
import { hostAmbiguous, hostNotFound, hostNotStanding } from './findings.ts'
import { verb } from './verb.ts'

/** A name, or a full id. */
const request = z.object({ host: z.string() })

export const hostVerb = verb(request, async ({ plane }, body) => {
  const name = body.host
  const found = [...plane.world.topology.hosts.values()].filter(
    ({ document }) => document.key === name.toLowerCase() || document.name.toLowerCase() === name.toLowerCase(),
  )
  const [host] = found
  if (!host) {
    const known = [...plane.world.topology.hosts.values()].map(({ document }) => document.name)
    return { ok: false, findings: [hostNotFound(name, { name, known })] }
  }
  if (found.length > 1) {
    return { ok: false, findings: [hostAmbiguous(name, { name, ids: found.map(({ document }) => document.id) })] }
  }
  const place = await plane.engine.host(`${host.document.key}#endpoint`)
  if (!place)
    return { ok: false, findings: [hostNotStanding(host.document.id, { name, trouble: plane.engine.trouble })] }
  const address = plane.world.topology.networkInterfaces.get(host.networkInterface)?.address ?? null
  return { ok: true, body: { id: host.document.id, address, place } }
})
