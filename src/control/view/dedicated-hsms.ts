/** An HSM's members: its NIC, its state and what that state says (azure-facts A5.7, A5.10). */
import type { JsonObject } from '../../model/resources/document.ts'
import { companionId } from '../admit/companion.ts'
import { hsmState, hsmStatusMessage } from './hsm-state.ts'
import type { Members } from './viewed.ts'

export const dedicatedHsmMembers: Members = (document, readiness) => {
  const provisioningState = hsmState(readiness)
  const address = document.assigned.address ?? null
  return {
    networkProfile: {
      ...(document.properties.networkProfile as JsonObject),
      networkInterfaces: [{ id: companionId(document), privateIpAddress: address }],
    },
    provisioningState,
    statusMessage: hsmStatusMessage(provisioningState, readiness.message),
  }
}
