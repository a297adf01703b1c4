/** A network interface, or the companion of an HSM. */
import type { Document } from '../resources/document.ts'
import type { NetworkInterfaceProperties } from '../resources/network-interfaces.ts'
import { keyOf, propertiesOf, remembered } from './linking.ts'

export interface NetworkInterface {
  readonly document: Document
  readonly subnet: string
  readonly address: string
  readonly mac: string
  /** The key of the HSM that made it, for a companion NIC (azure-facts A5.18). */
  readonly managedBy: string | null
}

export const linkNetworkInterface = remembered((document): NetworkInterface => {
  const configuration = propertiesOf<NetworkInterfaceProperties>(document).ipConfigurations[0]
  return {
    document,
    subnet: keyOf(configuration?.properties.subnet) ?? '',
    address: document.assigned.address ?? '',
    mac: document.assigned.mac ?? '',
    managedBy: document.assigned.managedBy ?? null,
  }
})
