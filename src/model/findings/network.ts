/** Address spaces, subnets, delegations, interfaces (azure-facts C1-C4; J1.7, J1.10-J1.15; J2.4, J2.5). */
import { declareFinding } from '../../base/findings/finding.ts'

export const addressSpaceForbidden = declareFinding<{ prefix: string; forbidden: string }>({
  code: 'AddressPrefixNotAllowed',
  severity: 'error',
  status: 400,
  source: 'azure-facts C1.3',
  message: ({ prefix, forbidden }) =>
    `Address prefix ${prefix} overlaps ${forbidden}, which no virtual network may use.`,
  remedy: () => 'Use a private range: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10.',
})

export const addressSpaceOverlaps = declareFinding<{ first: string; second: string }>({
  code: 'NetcfgAddressPrefixesOverlap',
  severity: 'error',
  status: 400,
  source: 'azure-facts C1.4',
  message: ({ first, second }) => `Address prefixes ${first} and ${second} of the virtual network overlap.`,
  remedy: ({ second }) => `Remove ${second}, or narrow one of them.`,
})

export const subnetInvalid = declareFinding<{ subnet: string; network: string; reason: string }>({
  code: 'NetcfgInvalidSubnet',
  severity: 'error',
  status: 400,
  source: 'azure-facts C2.2, C2.3; J1.15',
  message: ({ subnet, network, reason }) =>
    `Subnet '${subnet}' is not valid in virtual network '${network}': ${reason}.`,
  remedy: ({ network }) =>
    `Choose a prefix of /29 or shorter inside the address space of '${network}', or add a prefix to that space.`,
})

export const subnetsOverlap = declareFinding<{ subnet: string; other: string; network: string }>({
  code: 'NetcfgSubnetRangesOverlap',
  severity: 'error',
  status: 400,
  source: 'azure-facts C2.4; J1.15',
  message: ({ subnet, other, network }) =>
    `Subnet '${subnet}' is not valid because its IP address range overlaps with that of subnet '${other}' in virtual network '${network}'.`,
  remedy: ({ other }) => `Choose a prefix that does not overlap '${other}'.`,
})

export const subnetPrefixInUse = declareFinding<{ subnet: string; user: string }>({
  code: 'InUsePrefixCannotBeDeleted',
  severity: 'error',
  status: 400,
  source: 'azure-facts C2.5',
  message: ({ subnet, user }) => `The prefix of subnet ${subnet} cannot change: it is in use by ${user}.`,
  remedy: ({ user }) => `Keep the prefix, or delete ${user} first.`,
})

export const subnetInUse = declareFinding<{ subnet: string; user: string }>({
  code: 'InUseSubnetCannotBeDeleted',
  severity: 'error',
  status: 400,
  source: 'azure-facts C2.6; J2.4, J2.5',
  message: ({ subnet, user }) =>
    `Subnet ${subnet} is in use by ${user} and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.`,
  remedy: ({ user }) => `Delete ${user} first.`,
})

export const policyOnHsmSubnet = declareFinding<{ subnet: string; what: string; id: string }>({
  code: 'NetworkIntentPolicyViolation',
  severity: 'error',
  status: 400,
  source: 'azure-facts A1.6, A1.7, C3.3; J1.10',
  message: ({ subnet, what, id }) =>
    `Subnet ${subnet} is delegated to Microsoft.HardwareSecurityModules/dedicatedHSMs, which permits no ${what}; ${id} cannot be attached.`,
  remedy: ({ what }) =>
    `Remove the ${what} from this subnet. Filter at the subnets of the HSM's clients instead (azure-facts A11.10).`,
})

export const delegationInUse = declareFinding<{ subnet: string; was: string; is: string; user: string }>({
  code: 'SubnetDelegationsCannotChangeWhenSubnetUsedByResource',
  severity: 'error',
  status: 400,
  source: 'azure-facts C3.4; J1.11',
  message: ({ subnet, was, is, user }) =>
    `Delegations of subnet ${subnet} cannot be changed from [${was}] to [${is}] because it is being used by the resource ${user}.`,
  remedy: ({ user }) => `Delete ${user} first, or delegate another subnet.`,
})

export const delegationUnknown = declareFinding<{ service: string }>({
  code: 'SubnetDelegationServiceUnknown',
  severity: 'error',
  status: 400,
  source: 'azure-facts C3.2',
  message: ({ service }) => `A subnet cannot be delegated to '${service}': no such service is known here.`,
  remedy: () => 'Delegate to Microsoft.HardwareSecurityModules/dedicatedHSMs, or remove the delegation.',
})

export const delegationsTooMany = declareFinding<{ subnet: string }>({
  code: 'SubnetDelegationsLimitExceeded',
  severity: 'error',
  status: 400,
  source: 'azure-facts C3.2',
  message: ({ subnet }) => `Subnet ${subnet} is delegated to more than one service.`,
  remedy: () => 'Delegate a subnet to one service, and others to the others.',
})

export const foreignInHsmSubnet = declareFinding<{ subnet: string }>({
  code: 'SubnetDelegatedToDedicatedHsms',
  severity: 'error',
  status: 400,
  source: 'azure-facts A1.8, C3.5; J1.12',
  message: ({ subnet }) =>
    `Subnet ${subnet} is delegated to Microsoft.HardwareSecurityModules/dedicatedHSMs and takes nothing else.`,
  remedy: () => 'Place the network interface in another subnet of the virtual network.',
})

export const foreignInGatewaySubnet = declareFinding<{ subnet: string }>({
  code: 'GatewaySubnetTakesOnlyGateways',
  severity: 'error',
  status: 400,
  source: 'azure-facts C4.4',
  message: ({ subnet }) => `Subnet ${subnet} is a GatewaySubnet, which takes only gateways.`,
  remedy: () => 'Place the resource in another subnet of the virtual network.',
})

export const groupOnGatewaySubnet = declareFinding<{ group: string }>({
  code: 'NetworkSecurityGroupCannotBeAttachedToGatewaySubnet',
  severity: 'error',
  status: 400,
  source: 'azure-facts C4.5; J1.13',
  message: ({ group }) =>
    `The operation failed because the network security group ${group} can not be associated to the GatewaySubnet. No changes have occurred on the gateway at this time. See here for additional details: https://aka.ms/GatewaySubnet.`,
  remedy: () => 'Remove the network security group from the GatewaySubnet.',
})

export const addressNotInSubnet = declareFinding<{ address: string; prefix: string }>({
  code: 'PrivateIPAddressNotInSubnet',
  severity: 'error',
  status: 400,
  source: 'azure-facts C2.7; J1.7',
  message: ({ address, prefix }) =>
    `Private static IP address ${address} does not belong to the range of subnet prefix ${prefix}.`,
  remedy: ({ prefix }) => `Choose an address inside ${prefix}, or leave it out to get the first free one.`,
})

export const addressReserved = declareFinding<{ address: string; prefix: string }>({
  code: 'PrivateIPAddressInReservedRange',
  severity: 'error',
  status: 400,
  source: 'azure-facts C2.1; J1.7',
  message: ({ address, prefix }) =>
    `Private static IP address ${address} falls within reserved IP range of subnet prefix ${prefix}.`,
  remedy: () => 'The first four addresses and the last are reserved: choose another, or leave it out.',
})

export const addressTaken = declareFinding<{ address: string; user: string }>({
  code: 'PrivateIPAddressIsAllocated',
  severity: 'error',
  status: 400,
  source: 'arm-protocol 4; J1.7',
  message: ({ address, user }) => `IP address ${address} is already allocated to resource ${user}.`,
  remedy: () => 'Choose another address, or leave it out to get the first free one.',
})

export const subnetFull = declareFinding<{ subnet: string; prefix: string }>({
  code: 'SubnetIsFull',
  severity: 'error',
  status: 400,
  source: 'azure-facts A1.10, C2.1',
  message: ({ subnet, prefix }) => `Subnet ${subnet} with address prefix ${prefix} does not have a free address left.`,
  remedy: () => 'Use a larger subnet, or delete what is no longer needed in it.',
})

export const staticAddressMissing = declareFinding<Record<string, never>>({
  code: 'PrivateIPAddressRequired',
  severity: 'error',
  status: 400,
  source: 'arm-protocol 4',
  message: () => 'privateIPAllocationMethod is Static, but no privateIPAddress is given.',
  remedy: () => 'Give privateIPAddress, or use Dynamic.',
})

export const interfaceInUse = declareFinding<{ user: string }>({
  code: 'NicInUse',
  severity: 'error',
  status: 400,
  source: 'arm-protocol 4',
  message: ({ user }) => `The network interface is used by existing resource ${user}.`,
  remedy: ({ user }) => `Delete ${user} first.`,
})

export const interfaceTaken = declareFinding<{ nic: string; user: string }>({
  code: 'NicAlreadyAttached',
  severity: 'error',
  status: 409,
  source: 'arm-protocol 4',
  message: ({ nic, user }) => `Network interface ${nic} is already attached to ${user}.`,
  remedy: () => 'Give this virtual machine a network interface of its own.',
})

export const policyInUse = declareFinding<{ id: string; user: string }>({
  code: 'InUseCannotBeDeleted',
  severity: 'error',
  status: 400,
  source: 'arm-protocol 4',
  message: ({ id, user }) => `${id} cannot be deleted because it is in use by ${user}.`,
  remedy: ({ user }) => `Remove the reference from ${user} first.`,
})

export const regionsDiffer = declareFinding<{
  what: string
  location: string
  network: string
  networkLocation: string
}>({
  code: 'InvalidResourceRegion',
  severity: 'error',
  status: 400,
  source: 'azure-facts C1.1; J1.3',
  message: ({ what, location, network, networkLocation }) =>
    `The ${what} is in region '${location}', but virtual network ${network} is in region '${networkLocation}'.`,
  remedy: ({ networkLocation }) => `Set its location to '${networkLocation}'.`,
})
