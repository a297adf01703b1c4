/** The states a dedicated HSM goes through (azure-facts A5.11, A5.12), read off what was seen of its elements. */
import type { Readiness } from './readiness.ts'

export type HsmProvisioningState = 'Allocating' | 'Provisioning' | 'Connecting' | 'Succeeded' | 'Failed'

/** Quota is checked before the document is admitted, so `CheckingQuota` is never seen. */
export function hsmState({ state, elements }: Readiness): HsmProvisioningState {
  if (state !== 'Updating') return state
  if (elements.every(element => element.state === 'pending')) return 'Allocating'
  const appliance = elements.find(({ id }) => id.endsWith('#appliance'))
  return appliance?.device?.running ? 'Connecting' : 'Provisioning'
}

/** azure-facts A5.10. */
export function hsmStatusMessage(state: HsmProvisioningState, failure: string | null): string {
  switch (state) {
    case 'Allocating':
      return 'Resource creation in progress. Allocating the device.'
    case 'Provisioning':
      return 'Resource creation in progress. Configuring the device.'
    case 'Connecting':
      return 'Resource creation in progress. Connecting the device to the virtual network.'
    case 'Succeeded':
      return 'The Dedicated HSM device is provisioned successfully and ready to use.'
    case 'Failed':
      return `The Dedicated HSM device could not be provisioned: ${failure ?? 'see the log'}.`
    default:
      return state satisfies never
  }
}
