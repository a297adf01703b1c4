/** Document + topology + last status → the body that ARM clients read. Derived members are made here, never stored. */
import type { Document, Json, JsonObject } from '../../model/resources/document.ts'
import { findResourceType } from '../../model/resources/registry.ts'
import { dedicatedHsmMembers } from './dedicated-hsms.ts'
import { ipConfigurations } from './ip-configurations.ts'
import { networkInterfaceMembers } from './network-interfaces.ts'
import { publicIpAddressMembers } from './public-ip-addresses.ts'
import { readinessOf } from './readiness.ts'
import { subnetMembers } from './subnets.ts'
import type { Members, Viewed } from './viewed.ts'

/** What each type shows besides what was sent; one that is not here shows its state. */
const members: { readonly [type: string]: Members } = {
  'Microsoft.Network/virtualNetworks': (document, { state }, world) => ({
    subnets: (world.topology.virtualNetworks.get(document.key)?.subnets ?? []).map(subnet =>
      view(subnet.document, world),
    ),
    virtualNetworkPeerings: [],
    resourceGuid: document.assigned.guid,
    provisioningState: state,
  }),
  'Microsoft.Network/virtualNetworks/subnets': subnetMembers,
  'Microsoft.Network/networkInterfaces': networkInterfaceMembers,
  'Microsoft.Network/virtualNetworkGateways': (document, { state }) => ({
    ipConfigurations: ipConfigurations(document, state),
    resourceGuid: document.assigned.guid,
    provisioningState: state,
  }),
  'Microsoft.Network/publicIPAddresses': publicIpAddressMembers,
  'Microsoft.HardwareSecurityModules/dedicatedHSMs': dedicatedHsmMembers,
  'Microsoft.Compute/virtualMachines': (document, { state }) => ({
    vmId: document.assigned.guid,
    provisioningState: state,
  }),
}

const stateAlone: Members = ({ type }, { state }) => {
  const recorded = findResourceType(type)?.recordedOnly
  return { provisioningState: state, ...(recorded === undefined ? {} : { recordedOnly: recorded }) }
}

/** The ARM body of a document. */
export function view(document: Document, world: Viewed): JsonObject {
  const { id, name, type, location, tags, sku, zones, properties, createdAt } = document
  const derived = (members[type] ?? stateAlone)(document, readinessOf(document, world), world)
  const body: { [name: string]: Json } = {
    id,
    name,
    type,
    ...(location === undefined ? {} : { location }),
    ...(tags === undefined ? {} : { tags }),
    ...(sku === undefined ? {} : { sku }),
    ...(zones === undefined ? {} : { zones }),
    etag: `W/"${etagOf(document, world)}"`,
    properties: { ...properties, ...derived },
  }
  // azure-facts A5.6
  return type === 'Microsoft.HardwareSecurityModules/dedicatedHSMs' ? { ...body, systemData: { createdAt } } : body
}

/** A VNet's subnets carry its etag (arm-protocol 3.4). */
export function etagOf({ key, assigned }: Document, { topology }: Viewed): string {
  const network = topology.subnets.get(key)?.virtualNetwork
  return topology.virtualNetworks.get(network ?? '')?.document.assigned.etag ?? assigned.etag
}
