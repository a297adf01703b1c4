/** A public address's members. A Dynamic one is shown while a gateway uses it, as Azure does. */
import type { Members } from './viewed.ts'

export const publicIpAddressMembers: Members = (document, { state }, { topology }) => {
  const { address, guid } = document.assigned
  const used = [...topology.gateways.values()].some(gateway => gateway.publicIpAddress === document.key)
  const shown = document.properties.publicIPAllocationMethod === 'Static' || used
  return {
    ...(shown ? { ipAddress: address ?? null } : {}),
    resourceGuid: guid,
    provisioningState: state,
  }
}
