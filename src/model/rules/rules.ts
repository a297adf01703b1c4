/** Every rule, in the order in which their findings are shown. */
import type { Finding } from '../../base/findings/finding.ts'
import { addressSpace } from './address-space.ts'
import { interfaces } from './addresses.ts'
import { gateways, gatewaysHoldHsms } from './gateways.ts'
import { haGroups } from './ha-groups.ts'
import { hosts } from './hosts.ts'
import { newHsms, zeroizedBeforeDelete } from './hsms.ts'
import { companions, nothingReferredToIsRemoved, referencesExist } from './references.ts'
import type { Change, Rule } from './rule.ts'
import { exclusiveSubnets, subnetAttachments, subnetChanges, subnetPlacement } from './subnets.ts'

export const rules: readonly Rule[] = [
  referencesExist,
  companions,
  addressSpace,
  subnetPlacement,
  subnetChanges,
  subnetAttachments,
  exclusiveSubnets,
  interfaces,
  hosts,
  gateways,
  newHsms,
  zeroizedBeforeDelete,
  gatewaysHoldHsms,
  haGroups,
  nothingReferredToIsRemoved,
]

/** What every rule says of a change; empty when it may happen. */
export function judge(change: Change): Finding[] {
  return rules.flatMap(rule => [...rule(change)])
}
