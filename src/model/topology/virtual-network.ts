/** A VNet with its subnets (azure-facts C1). */
import type { Prefix } from '../../base/net/prefix.ts'
import type { Document } from '../resources/document.ts'
import type { VirtualNetworkProperties } from '../resources/virtual-networks.ts'
import { admittedPrefix, propertiesOf } from './linking.ts'
import type { Subnet } from './subnet.ts'

export interface VirtualNetwork {
  readonly document: Document
  readonly location: string
  readonly prefixes: readonly Prefix[]
  readonly subnets: readonly Subnet[]
}

export function linkVirtualNetwork(document: Document, subnets: readonly Subnet[]): VirtualNetwork {
  const { addressSpace } = propertiesOf<VirtualNetworkProperties>(document)
  return {
    document,
    location: document.location ?? '',
    prefixes: addressSpace.addressPrefixes.map(admittedPrefix),
    subnets,
  }
}
