/** A subnet's members: who uses it, and what its delegation brings with it (azure-facts C2.8, C3). */
import type { Document, JsonObject } from '../../model/resources/document.ts'
import { isGatewaySubnet, isHsmSubnet } from '../../model/topology/subnet-roles.ts'
import { type SubnetUser, subnetUsers } from '../../model/topology/subnet-users.ts'
import type { Members } from './viewed.ts'

/** azure-facts A5.21. */
const DELEGATED_ACTIONS = [
  'Microsoft.Network/networkinterfaces/*',
  'Microsoft.Network/virtualNetworks/subnets/join/action',
]

export const subnetMembers: Members = (document, { state }, { topology }) => {
  const subnet = topology.subnets.get(document.key)
  const users = subnetUsers(topology, document.key)
  return {
    delegations: delegationsOf(document),
    ...(users.length === 0 ? {} : { ipConfigurations: users.map(user => ({ id: configurationId(user) })) }),
    ...(subnet && isHsmSubnet(subnet)
      ? { purpose: 'HostedWorkloads', serviceAssociationLinks: users.filter(isHsm).map(associationLink) }
      : {}),
    ...(subnet && isGatewaySubnet(subnet) ? { purpose: 'VirtualNetworkGateways' } : {}),
    provisioningState: state,
  }
}

function delegationsOf({ id, properties }: Document): JsonObject[] {
  const given = properties.delegations
  if (!Array.isArray(given)) return []
  return given.map((delegation: JsonObject) => ({
    ...delegation,
    id: `${id}/delegations/${delegation.name}`,
    properties: {
      ...(delegation.properties as JsonObject),
      actions: DELEGATED_ACTIONS,
      provisioningState: 'Succeeded',
    },
  }))
}

/** The service plants it while its resources are there, and it blocks deletes (azure-facts C3.7). */
function associationLink({ id }: SubnetUser): JsonObject {
  return {
    name: id.split('/').at(-1) ?? '',
    properties: {
      linkedResourceType: 'Microsoft.HardwareSecurityModules/dedicatedHSMs',
      link: id,
      allowDelete: false,
      locations: [],
    },
  }
}

function configurationId({ id, kind }: SubnetUser): string {
  return kind === 'hsm' ? id : `${id}/ipConfigurations/default`
}

function isHsm({ kind }: SubnetUser): boolean {
  return kind === 'hsm'
}
