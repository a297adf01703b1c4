/** Virtual network gateways (azure-facts C4, E1; J1.2, J1.16, J1.17; J2.2, J2.3). */
import { declareFinding } from '../../base/findings/finding.ts'

export const gatewaySubnetName = declareFinding<{ subnet: string }>({
  code: 'GatewaySubnetNameInvalid',
  severity: 'error',
  status: 400,
  source: 'azure-facts C4.1; J1.16',
  message: ({ subnet }) => `A gateway goes into a subnet named GatewaySubnet, not ${subnet}.`,
  remedy: () => "Create a subnet named 'GatewaySubnet' (/27 or larger) in the virtual network and refer to it.",
})

export const gatewaySubnetDelegated = declareFinding<{ subnet: string }>({
  code: 'GatewaySubnetDelegated',
  severity: 'error',
  status: 400,
  source: 'azure-facts C4.4',
  message: ({ subnet }) => `${subnet} takes gateways only and cannot be delegated.`,
  remedy: () => 'Delegate another subnet.',
})

export const gatewayExists = declareFinding<{ type: string; other: string }>({
  code: 'VirtualNetworkAlreadyHasGatewayOfThisType',
  severity: 'error',
  status: 400,
  source: 'azure-facts C1.9, E1.18; J1.17',
  message: ({ type, other }) => `The virtual network already has a gateway of type ${type}: ${other}.`,
  remedy: ({ other }) => `Use ${other}. On-premises ExpressRoute needs another virtual network (azure-facts A8.8).`,
})

export const gatewaySkuInvalid = declareFinding<{ sku: string; type: string; allowed: readonly string[] }>({
  code: 'InvalidGatewaySkuSpecified',
  severity: 'error',
  status: 400,
  source: 'azure-facts E1.4',
  message: ({ sku, type }) => `SKU '${sku}' is not one of a gateway of type ${type}.`,
  remedy: ({ allowed }) => `Use one of ${allowed.join(', ')}.`,
})

export const gatewayTypeUnsupported = declareFinding<{ type: string }>({
  code: 'GatewayTypeNotSupported',
  severity: 'error',
  status: 400,
  source: 'design, decision 3',
  message: ({ type }) => `Gateways of type ${type} carry nothing here yet, so they are refused.`,
  remedy: () => 'Use gatewayType ExpressRoute, or leave the gateway out.',
})

export const gatewayNotReady = declareFinding<{ network: string; gateway: string | null }>({
  code: 'GatewayNotReady',
  severity: 'error',
  status: 400,
  source: 'azure-facts A1.11, A7.9; J1.2',
  message: ({ network, gateway }) =>
    gateway === null
      ? `Virtual network ${network} has no ExpressRoute gateway, through which alone its HSMs are reached.`
      : `ExpressRoute gateway ${gateway} of virtual network ${network} is not Succeeded yet.`,
  remedy: ({ gateway }) =>
    gateway === null
      ? "Create a virtualNetworkGateways resource with gatewayType 'ExpressRoute' in the GatewaySubnet first."
      : `Wait for provisioningState Succeeded; in a template, name ${gateway} in the dependsOn of the HSM (azure-facts A7.8).`,
})

export const gatewayHoldsHsms = declareFinding<{ gateway: string; hsms: readonly string[] }>({
  code: 'GatewayInUseByDedicatedHsms',
  severity: 'error',
  status: 409,
  source: 'azure-facts A8.18; J2.2',
  message: ({ gateway, hsms }) =>
    `Gateway ${gateway} joins ${hsms.join(', ')} to the virtual network; without it they cannot be reached.`,
  remedy: () => 'Zeroize and delete the HSMs first.',
})

export const publicIpInUse = declareFinding<{ user: string }>({
  code: 'PublicIPAddressCannotBeDeleted',
  severity: 'error',
  status: 400,
  source: 'arm-protocol 4',
  message: ({ user }) => `The public IP address cannot be deleted: it is allocated to ${user}.`,
  remedy: ({ user }) => `Delete ${user} first.`,
})

export const publicIpTaken = declareFinding<{ address: string; user: string }>({
  code: 'PublicIPAddressInUse',
  severity: 'error',
  status: 400,
  source: 'azure-facts A7.7',
  message: ({ address, user }) => `Public IP address ${address} is already used by ${user}.`,
  remedy: () => 'Give this gateway a public IP address of its own.',
})

export const publicIpElsewhere = declareFinding<{ address: string; location: string }>({
  code: 'PublicIPAddressInAnotherRegion',
  severity: 'error',
  status: 400,
  source: 'azure-facts C1.1',
  message: ({ address, location }) => `Public IP address ${address} is in region '${location}', not in the gateway's.`,
  remedy: () => "Use a public IP address of the gateway's region.",
})

export const gatewayAddressStatic = declareFinding<Record<string, never>>({
  code: 'GatewayAddressMustBeDynamic',
  severity: 'error',
  status: 400,
  source: 'azure-facts C4.8',
  message: () => 'A gateway takes its private address from the GatewaySubnet; a Static one cannot be asked for.',
  remedy: () => "Set privateIPAllocationMethod to 'Dynamic'.",
})
