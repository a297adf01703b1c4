/** Microsoft.Network/publicIPAddresses. */
import { z } from 'zod'
import { NETWORK_NAME, type ResourceType } from './resource-type.ts'
import { bodyOf } from './shapes.ts'

const properties = z.looseObject({
  publicIPAllocationMethod: z.enum(['Static', 'Dynamic']).default('Dynamic'),
  publicIPAddressVersion: z.literal('IPv4').default('IPv4'),
})

export type PublicIpAddressProperties = z.infer<typeof properties>

export const publicIpAddresses: ResourceType = {
  type: 'Microsoft.Network/publicIPAddresses',
  name: NETWORK_NAME,
  apiVersions: ['2024-03-01', '2023-09-01', '2021-08-01'],
  // A body without properties is a Dynamic Basic address.
  schema: bodyOf(z.preprocess(value => value ?? {}, properties)),
  readOnly: ['resourceGuid', 'ipAddress', 'ipConfiguration'],
  longRunning: 'asyncOperation',
  located: true,
}
