/** Dedicated HSMs and HA groups (azure-facts A; J1.1-J1.7; J2.1, J2.6). */
import { declareFinding } from '../../base/findings/finding.ts'

export const delegationMissing = declareFinding<{ subnet: string; hsm: string }>({
  code: 'SubnetMissingRequiredDelegation',
  severity: 'error',
  status: 400,
  source: 'azure-facts A1.5, A8.2, C3.6; J1.1',
  message: ({ subnet, hsm }) =>
    `Subnet ${subnet} requires any of the following delegation(s) [Microsoft.HardwareSecurityModules/dedicatedHSMs] to reference service association link ${subnet}/serviceAssociationLinks/${hsm}.`,
  remedy: () =>
    'Add to the subnet: "delegations": [{"name": "hsm", "properties": {"serviceName": "Microsoft.HardwareSecurityModules/dedicatedHSMs"}}].',
})

export const skuUnsupported = declareFinding<{ sku: string; luna: string }>({
  code: 'SkuNotSupported',
  severity: 'error',
  status: 400,
  source: 'azure-facts A5.13',
  message: ({ sku }) => `SKU '${sku}' is not offered here.`,
  remedy: ({ luna }) => `Use "sku": {"name": "${luna}"}.`,
})

export const managementProfileRefused = declareFinding<Record<string, never>>({
  code: 'ManagementNetworkProfileNotSupported',
  severity: 'error',
  status: 400,
  source: 'azure-facts A5.8; J1.9',
  message: () => 'A Luna device has no management network profile.',
  remedy: () => 'Remove managementNetworkProfile.',
})

export const stampUnknown = declareFinding<{ stamp: string; stamps: readonly string[] }>({
  code: 'StampNotFound',
  severity: 'error',
  status: 400,
  source: 'azure-facts A5.9',
  message: ({ stamp }) => `Stamp '${stamp}' does not exist in this region.`,
  remedy: ({ stamps }) => `Use one of ${stamps.join(', ')}, or leave stampId out.`,
})

export const quotaExceeded = declareFinding<{ scope: string; limit: number; present: readonly string[] }>({
  code: 'QuotaExceeded',
  severity: 'error',
  status: 409,
  source: 'azure-facts A4.8; J1.5',
  message: ({ scope, limit, present }) =>
    `The subscription's quota of ${limit} dedicated HSMs in ${scope} is used by ${present.join(', ')}.`,
  remedy: () =>
    'Use another stamp or region, or delete an HSM; failed leftovers count until deleted (azure-facts A8.4).',
})

export const stampFull = declareFinding<{ stamp: string; region: string; capacity: number }>({
  code: 'StampCapacityExceeded',
  severity: 'error',
  status: 409,
  source: 'azure-facts A4.7; J1.6',
  message: ({ stamp, region, capacity }) => `All ${capacity} HSMs of ${stamp} in region '${region}' are in use.`,
  remedy: () => 'Use another stamp or region.',
})

export const onlyTagsChange = declareFinding<{ properties: readonly string[] }>({
  code: 'PropertyChangeNotAllowed',
  severity: 'error',
  status: 409,
  source: 'azure-facts A5.16',
  message: ({ properties }) => `Only the tags of a dedicated HSM can be changed, not ${properties.join(', ')}.`,
  remedy: () => 'Delete the HSM (zeroize it first) and create it anew.',
})

export const notZeroized = declareFinding<{ hsm: string; label: string | null }>({
  code: 'HsmNotZeroized',
  severity: 'error',
  status: 409,
  source: 'azure-facts A8.17, A9.1; J2.1',
  message: ({ hsm, label }) =>
    `${hsm} holds keys: it is initialised${label === null ? '' : ` as '${label}'`} and must be zeroized before it is deleted.`,
  remedy: () => 'Zeroize it from a host in its network: hsmnet hsm zeroize NAME --from HOST.',
})

export const deviceUnknown = declareFinding<{ hsm: string }>({
  code: 'HsmStateUnknown',
  severity: 'error',
  status: 409,
  source: 'design, decision 5',
  message: ({ hsm }) => `Whether ${hsm} is zeroized cannot be seen now, so it is not deleted.`,
  remedy: () => 'See `hsmnet status` and `hsmnet doctor`; try again once the agent answers.',
})

export const groupHoldsHsms = declareFinding<{ group: string; hsms: readonly string[] }>({
  code: 'ResourceGroupHoldsLiveHsms',
  severity: 'error',
  status: 409,
  source: 'azure-facts A8.16, A9.6; J2.6',
  message: ({ group, hsms }) => `Resource group '${group}' holds HSMs that are not zeroized: ${hsms.join(', ')}.`,
  remedy: () => 'Zeroize and delete each HSM first: hsmnet hsm zeroize NAME --from HOST.',
})

export const gatewayRace = declareFinding<{ hsm: string; gateway: string }>({
  code: 'HsmDoesNotDependOnGateway',
  severity: 'warning',
  source: 'azure-facts A7.8, A8.3',
  message: ({ hsm, gateway }) => `${hsm} may be created before ${gateway} is Succeeded, and then fails.`,
  remedy: ({ gateway }) => `Name ${gateway} in the dependsOn of the HSM.`,
})

export const companionNameTaken = declareFinding<{ nic: string }>({
  code: 'HsmNicNameTaken',
  severity: 'error',
  status: 409,
  source: 'azure-facts A5.18',
  message: ({ nic }) => `The HSM's network interface would be ${nic}, which exists already.`,
  remedy: () => 'Name the HSM otherwise, or delete that network interface.',
})
