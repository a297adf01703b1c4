/** `status`: what is wanted, what stands, what is wrong; every fact dated or marked unknown. */
import { z } from 'zod'
import type { Document } from '../../../model/resources/document.ts'
import { findResourceType, resourceTypes } from '../../../model/resources/registry.ts'
import type { ControlPlane } from '../../plane/control-plane.ts'
import { hsmState } from '../../view/hsm-state.ts'
import { verb } from './verb.ts'

const HSM = 'Microsoft.HardwareSecurityModules/dedicatedHSMs'

export const statusVerb = verb(z.object({}), async ({ plane }) => {
  await plane.durable()
  const { observed, world, engine } = plane
  const order = new Map(resourceTypes.map(({ type }, at) => [type, at]))
  const documents = [...world.documents.all()].sort(
    (a, b) => (order.get(a.type) ?? 0) - (order.get(b.type) ?? 0) || (a.key < b.key ? -1 : 1),
  )
  return {
    ok: true,
    body: {
      engine: engine.name,
      trouble: engine.trouble,
      revision: plane.store.revision,
      observedRevision: observed.revision,
      observedAt: observed.at,
      settled: observed.settled,
      recompiled: plane.recompiled,
      resources: documents.map(document => describe(document, plane)),
    },
  }
})

function describe(document: Document, plane: ControlPlane) {
  const readiness = plane.readiness(document)
  const isHsm = document.type === HSM
  const appliance = isHsm ? readiness.elements.find(({ id }) => id.endsWith('#appliance')) : undefined
  return {
    id: document.id,
    name: document.name,
    type: document.type,
    group: document.id.split('/')[4] ?? '',
    location: document.location ?? null,
    stamp: document.assigned.stamp ?? null,
    state: isHsm ? hsmState(readiness) : readiness.state,
    address: document.assigned.address ?? null,
    message: readiness.message,
    recordedOnly: findResourceType(document.type)?.recordedOnly ?? null,
    device: appliance?.device ?? null,
    probe: appliance?.probe ?? null,
  }
}
