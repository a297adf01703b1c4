/** Document + topology + last status → the body that ARM clients read. Derived members are made here, never stored. */
import type { Document, DocumentSet, Json, JsonObject } from '../../model/resources/document.ts'
import { findResourceType } from '../../model/resources/registry.ts'
import { isGatewaySubnet, isHsmSubnet } from '../../model/topology/subnet-roles.ts'
import { subnetUsers } from '../../model/topology/subnet-users.ts'
import { companionId } from '../admit/companion.ts'
import { hsmState, hsmStatusMessage } from './hsm-state.ts'
import { type Readiness, readinessOf, type Standing } from './readiness.ts'

export interface Viewed extends Standing {
  readonly documents: DocumentSet
}

/** The ARM body of a document. */
export function view(document: Document, world: Viewed): JsonObject {
  const readiness = readinessOf(document, world)
  const body: { [name: string]: Json } = {
    id: document.id,
    name: document.name,
    type: document.type,
    ...(document.location === undefined ? {} : { location: document.location }),
    ...(document.tags === undefined ? {} : { tags: document.tags }),
    ...(document.sku === undefined ? {} : { sku: document.sku }),
    ...(document.zones === undefined ? {} : { zones: document.zones }),
    etag: `W/"${etagOf(document, world)}"`,
    properties: { ...document.properties, ...derived(document, readiness, world) },
  }
  if (document.type === 'Microsoft.HardwareSecurityModules/dedicatedHSMs') {
    body.systemData = { createdAt: document.createdAt }
  }
  return body
}

/** A VNet's subnets carry its etag (arm-protocol 3.4). */
export function etagOf(document: Document, { topology }: Viewed): string {
  const network = topology.subnets.get(document.key)?.virtualNetwork
  return topology.virtualNetworks.get(network ?? '')?.document.assigned.etag ?? document.assigned.etag
}

function derived(document: Document, readiness: Readiness, world: Viewed): JsonObject {
  const { guid, addresses } = document.assigned
  const provisioningState = readiness.state
  switch (document.type) {
    case 'Microsoft.Resources/resourceGroups':
      return { provisioningState }
    case 'Microsoft.Network/virtualNetworks':
      return {
        subnets: (world.topology.virtualNetworks.get(document.key)?.subnets ?? []).map(subnet =>
          view(subnet.document, world),
        ),
        virtualNetworkPeerings: [],
        resourceGuid: guid,
        provisioningState,
      }
    case 'Microsoft.Network/virtualNetworks/subnets':
      return { ...subnetMembers(document, world), provisioningState }
    case 'Microsoft.Network/networkInterfaces':
      return { ...interfaceMembers(document, world), resourceGuid: guid, provisioningState }
    case 'Microsoft.Network/virtualNetworkGateways':
      return {
        ipConfigurations: configurationsOf(document, provisioningState),
        resourceGuid: guid,
        provisioningState,
      }
    case 'Microsoft.Network/publicIPAddresses': {
      const user = [...world.topology.gateways.values()].find(gateway => gateway.publicIpAddress === document.key)
      const shown = document.properties.publicIPAllocationMethod === 'Static' || user !== undefined
      return {
        ...(shown && addresses ? { ipAddress: addresses[''] ?? null } : {}),
        resourceGuid: guid,
        provisioningState,
      }
    }
    case 'Microsoft.HardwareSecurityModules/dedicatedHSMs':
      return hsmMembers(document, readiness)
    case 'Microsoft.Compute/virtualMachines':
      return { vmId: guid, provisioningState }
    default: {
      const recorded = findResourceType(document.type)?.recordedOnly
      return { provisioningState, ...(recorded === undefined ? {} : { recordedOnly: recorded }) }
    }
  }
}

function subnetMembers(document: Document, { topology }: Viewed): JsonObject {
  const subnet = topology.subnets.get(document.key)
  const users = subnetUsers(topology, document.key)
  const delegations = document.properties.delegations
  const hsms = users.filter(({ kind }) => kind === 'hsm')
  return {
    delegations: Array.isArray(delegations)
      ? delegations.map((delegation: JsonObject) => ({
          ...delegation,
          id: `${document.id}/delegations/${delegation.name}`,
          properties: {
            ...(delegation.properties as JsonObject),
            // azure-facts A5.21
            actions: ['Microsoft.Network/networkinterfaces/*', 'Microsoft.Network/virtualNetworks/subnets/join/action'],
            provisioningState: 'Succeeded',
          },
        }))
      : [],
    ...(users.length === 0
      ? {}
      : { ipConfigurations: users.map(user => ({ id: configurationId(user.id, user.kind) })) }),
    // The service plants it while its resources are there, and it blocks deletes (azure-facts C3.7).
    ...(subnet && isHsmSubnet(subnet)
      ? {
          purpose: 'HostedWorkloads',
          serviceAssociationLinks: hsms.map(({ id }) => ({
            name: id.split('/').at(-1) ?? '',
            properties: {
              linkedResourceType: 'Microsoft.HardwareSecurityModules/dedicatedHSMs',
              link: id,
              allowDelete: false,
              locations: [],
            },
          })),
        }
      : {}),
    ...(subnet && isGatewaySubnet(subnet) ? { purpose: 'VirtualNetworkGateways' } : {}),
  }
}

function configurationId(id: string, kind: 'networkInterface' | 'gateway' | 'hsm'): string {
  return kind === 'hsm' ? id : `${id}/ipConfigurations/default`
}

function interfaceMembers(document: Document, { topology }: Viewed): JsonObject {
  const host = [...topology.hosts.values()].find(({ networkInterface }) => networkInterface === document.key)
  const { mac } = document.assigned
  return {
    ipConfigurations: configurationsOf(document, 'Succeeded'),
    ...(mac === undefined ? {} : { macAddress: mac.toUpperCase().replaceAll(':', '-') }),
    primary: true,
    ...(host ? { virtualMachine: { id: host.document.id } } : {}),
  }
}

/** Each configuration with the address that was chosen for it. */
function configurationsOf(document: Document, provisioningState: string): Json {
  const configurations = document.properties.ipConfigurations
  if (!Array.isArray(configurations)) return []
  return configurations.map((configuration: JsonObject) => ({
    ...configuration,
    id: `${document.id}/ipConfigurations/${configuration.name}`,
    properties: {
      ...(configuration.properties as JsonObject),
      privateIPAddress: document.assigned.addresses?.[String(configuration.name)] ?? null,
      provisioningState,
    },
  }))
}

function hsmMembers(document: Document, readiness: Readiness): JsonObject {
  const provisioningState = hsmState(readiness)
  const { addresses, stamp } = document.assigned
  const profile = document.properties.networkProfile as JsonObject
  return {
    stampId: stamp ?? null,
    networkProfile: {
      ...profile,
      networkInterfaces: [{ id: companionId(document), privateIpAddress: addresses?.[''] ?? null }],
    },
    provisioningState,
    statusMessage: hsmStatusMessage(provisioningState, readiness.message),
  }
}
