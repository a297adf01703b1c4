/** Microsoft.Network/virtualNetworks/subnets (azure-facts C2, C3). */
import { z } from 'zod'
import { NETWORK_NAME, type ResourceType } from './resource-type.ts'
import { addressPrefix, bodyOf, optionalReference } from './shapes.ts'

/** What a subnet must be delegated to before it takes an HSM (azure-facts A1.5). */
export const HSM_DELEGATION = 'Microsoft.HardwareSecurityModules/dedicatedHSMs'

const delegation = z.object({
  name: z.string(),
  properties: z.object({ serviceName: z.string() }),
})

const properties = z
  .looseObject({
    addressPrefix: addressPrefix.optional(),
    addressPrefixes: z.array(addressPrefix).length(1, 'must hold exactly one prefix').optional(),
    delegations: z
      .array(delegation)
      .nullish()
      .transform(value => value ?? []),
    networkSecurityGroup: optionalReference,
    routeTable: optionalReference,
    privateEndpointNetworkPolicies: z.string().default('Disabled'),
    privateLinkServiceNetworkPolicies: z.string().default('Enabled'),
  })
  .superRefine((value, context) => {
    if (value.addressPrefix === undefined && value.addressPrefixes === undefined) {
      context.addIssue({ code: 'custom', path: ['addressPrefix'], message: 'is required' })
    }
    const [listed = value.addressPrefix] = value.addressPrefixes ?? []
    if (value.addressPrefix !== undefined && listed !== value.addressPrefix) {
      const message = `is ${listed}, but addressPrefix is ${value.addressPrefix}`
      context.addIssue({ code: 'custom', path: ['addressPrefixes', 0], message })
    }
  })
  // One spelling inside: clients send the prefix in either property, or the same in both.
  .transform(({ addressPrefixes, ...rest }) => ({
    ...rest,
    addressPrefix: rest.addressPrefix ?? addressPrefixes?.[0] ?? '',
  }))

export type SubnetProperties = z.infer<typeof properties>

export const subnets: ResourceType = {
  type: 'Microsoft.Network/virtualNetworks/subnets',
  name: NETWORK_NAME,
  apiVersions: ['2024-03-01', '2023-09-01', '2021-08-01'],
  schema: bodyOf(properties),
  readOnly: ['ipConfigurations', 'serviceAssociationLinks', 'resourceNavigationLinks', 'purpose', 'privateEndpoints'],
  longRunning: 'asyncOperation',
  located: false,
}
