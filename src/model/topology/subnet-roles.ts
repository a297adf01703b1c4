/** What a subnet is for. */
import { HSM_DELEGATION } from '../resources/subnets.ts'
import type { Subnet } from './subnet.ts'

/** Delegated to dedicated HSMs (azure-facts A1.5). */
export function isHsmSubnet(subnet: Subnet): boolean {
  return subnet.delegations.some(service => service.toLowerCase() === HSM_DELEGATION.toLowerCase())
}

/** azure-facts C4.1. */
export function isGatewaySubnet(subnet: Subnet): boolean {
  return subnet.document.name.toLowerCase() === 'gatewaysubnet'
}
