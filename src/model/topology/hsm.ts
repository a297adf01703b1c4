/** A dedicated HSM (azure-facts A5). */
import type { DedicatedHsmProperties } from '../resources/dedicated-hsms.ts'
import type { Document } from '../resources/document.ts'
import { hostnameOf } from './hostname.ts'
import { keyOf, propertiesOf, remembered } from './linking.ts'

export interface Hsm {
  readonly document: Document
  readonly subnet: string
  readonly stamp: string
  readonly address: string
  readonly serial: string
  readonly mac: string
  readonly hostname: string
}

export const linkHsm = remembered((document): Hsm => {
  const { networkProfile } = propertiesOf<DedicatedHsmProperties>(document)
  const { address, stamp, serial, mac } = document.assigned
  return {
    document,
    subnet: keyOf(networkProfile.subnet) ?? '',
    stamp: stamp ?? '',
    address: address ?? '',
    serial: serial ?? '',
    mac: mac ?? '',
    hostname: hostnameOf(document.name),
  }
})
