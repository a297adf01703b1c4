/** A subnet of a VNet (azure-facts C2). */
import type { Prefix } from '../../base/net/prefix.ts'
import type { Document } from '../resources/document.ts'
import { parentKeyOf } from '../resources/resource-id.ts'
import type { SubnetProperties } from '../resources/subnets.ts'
import { admittedPrefix, keyOf, propertiesOf, remembered } from './linking.ts'

export interface Subnet {
  readonly document: Document
  /** The key of its VNet. */
  readonly virtualNetwork: string
  readonly prefix: Prefix
  readonly delegations: readonly string[]
  readonly networkSecurityGroup: string | null
  readonly routeTable: string | null
}

export const linkSubnet = remembered((document): Subnet => {
  const properties = propertiesOf<SubnetProperties>(document)
  return {
    document,
    virtualNetwork: parentKeyOf(document.key),
    prefix: admittedPrefix(properties.addressPrefix),
    delegations: properties.delegations.map(delegation => delegation.properties.serviceName),
    networkSecurityGroup: keyOf(properties.networkSecurityGroup),
    routeTable: keyOf(properties.routeTable),
  }
})
