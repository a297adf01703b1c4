/** Dedicated HSMs (azure-facts A1, A4, A5; J1.1-J1.7, J1.9; J2.1). */
import type { Finding } from '../../base/findings/finding.ts'
import { gatewayNotReady } from '../findings/gateway.ts'
import {
  delegationMissing,
  deviceUnknown,
  managementProfileRefused,
  notZeroized,
  onlyTagsChange,
  quotaExceeded,
  skuUnsupported,
  stampFull,
  stampUnknown,
} from '../findings/hsm.ts'
import { regionsDiffer } from '../findings/network.ts'
import { LUNA_SKU } from '../resources/dedicated-hsms.ts'
import type { Document } from '../resources/document.ts'
import { parseResourceId } from '../resources/resource-id.ts'
import type { Hsm } from '../topology/hsm.ts'
import { isHsmSubnet } from '../topology/subnet-roles.ts'
import { virtualNetworkOf } from '../topology/topology.ts'
import { addressFindings } from './addresses.ts'
import { expressRouteGatewayOf } from './gateways.ts'
import { type Change, ofType, type Rule, STAMPS } from './rule.ts'

const TYPE = 'Microsoft.HardwareSecurityModules/dedicatedHSMs'

export const newHsms: Rule = function* (change) {
  const { before, after, put } = change
  for (const document of ofType(put, TYPE)) {
    const hsm = after.hsms.get(document.key)
    if (!hsm) continue
    const was = before.hsms.get(document.key)
    if (was) {
      const changed = changedBeyondTags(was.document, document)
      if (changed.length > 0) yield onlyTagsChange(document.id, { properties: changed })
      continue
    }
    const sku = String(document.sku?.name ?? '')
    if (sku.toLowerCase() !== LUNA_SKU.toLowerCase()) yield skuUnsupported(document.id, { sku, luna: LUNA_SKU })
    if (document.properties.managementNetworkProfile != null) yield managementProfileRefused(document.id, {})
    yield* placement(change, hsm)
    yield* capacity(change, hsm)
    yield* addressFindings(after, document, hsm.subnet, hsm.address)
  }
}

function* placement({ after, facts }: Change, hsm: Hsm): Generator<Finding> {
  const { document } = hsm
  const subnet = after.subnets.get(hsm.subnet)
  const network = virtualNetworkOf(after, hsm.subnet)
  if (!subnet || !network) return
  if (!isHsmSubnet(subnet)) yield delegationMissing(document.id, { subnet: subnet.document.id, hsm: document.name })
  if (network.location !== document.location) {
    yield regionsDiffer(document.id, {
      what: 'dedicated HSM',
      location: document.location ?? '',
      network: network.document.id,
      networkLocation: network.location,
    })
  }
  const gateway = expressRouteGatewayOf(after, network.document.key)
  if (!gateway || !facts.ready(gateway.document.key)) {
    yield gatewayNotReady(document.id, { network: network.document.id, gateway: gateway?.document.id ?? null })
  }
}

function* capacity({ after, facts }: Change, hsm: Hsm): Generator<Finding> {
  const { document, stamp } = hsm
  if (!STAMPS.includes(stamp)) {
    yield stampUnknown(document.id, { stamp, stamps: STAMPS })
    return
  }
  const inRegion = [...after.hsms.values()].filter(
    other => other.document.key !== document.key && other.document.location === document.location,
  )
  const inStamp = inRegion.filter(other => other.stamp === stamp)
  const own = (others: readonly Hsm[]) =>
    others.filter(other => subscriptionOf(other) === subscriptionOf(hsm)).map(other => other.document.name)
  const { hsmsPerStamp, hsmsPerRegion, stampCapacity } = facts.limits
  const region = document.location ?? ''
  if (own(inStamp).length >= hsmsPerStamp) {
    yield quotaExceeded(document.id, { scope: `${stamp} of '${region}'`, limit: hsmsPerStamp, present: own(inStamp) })
  } else if (own(inRegion).length >= hsmsPerRegion) {
    yield quotaExceeded(document.id, { scope: `region '${region}'`, limit: hsmsPerRegion, present: own(inRegion) })
  }
  if (inStamp.length >= stampCapacity) {
    yield stampFull(document.id, { stamp, region, capacity: stampCapacity })
  }
}

/** A device goes only when it holds nothing: asked of the device itself (azure-facts A9.1). */
export const zeroizedBeforeDelete: Rule = function* ({ removed, facts }) {
  for (const document of ofType(removed, TYPE)) {
    const device = facts.device(document.key)
    if (device === 'unknown') yield deviceUnknown(document.id, { hsm: document.id })
    else if (!device.zeroized) yield notZeroized(document.id, { hsm: document.id, label: device.label })
  }
}

/** azure-facts A5.16. What a PUT leaves out stays as it was assigned. */
function changedBeyondTags(was: Document, is: Document): string[] {
  const changed: string[] = []
  if (was.location !== is.location) changed.push('location')
  if (!same(was.sku, is.sku)) changed.push('sku')
  if (!same(was.zones, is.zones)) changed.push('zones')
  for (const name of new Set([...Object.keys(was.properties), ...Object.keys(is.properties)])) {
    if (!same(was.properties[name], is.properties[name])) changed.push(`properties.${name}`)
  }
  return changed
}

/** Ids, SKUs and the like compare case-insensitively (arm-protocol 4, Conventions). */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a)?.toLowerCase() === JSON.stringify(b)?.toLowerCase()
}

function subscriptionOf(hsm: Hsm): string {
  const id = parseResourceId(hsm.document.key)
  return id.ok ? id.value.subscription : ''
}
