/** A host: what runs programs in the network. */
import type { Document } from '../resources/document.ts'
import type { VirtualMachineProperties } from '../resources/virtual-machines.ts'
import { hostnameOf } from './hostname.ts'
import { keyOf, propertiesOf, remembered } from './linking.ts'

export interface Host {
  readonly document: Document
  readonly networkInterface: string
  readonly hostname: string
}

export const linkHost = remembered((document): Host => {
  const { networkProfile, osProfile } = propertiesOf<VirtualMachineProperties>(document)
  return {
    document,
    networkInterface: keyOf(networkProfile.networkInterfaces[0]) ?? '',
    hostname: hostnameOf(osProfile?.computerName ?? document.name),
  }
})
