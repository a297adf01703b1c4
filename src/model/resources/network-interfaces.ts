/** Microsoft.Network/networkInterfaces. Several ip configurations come with the routes of every hop; one acts today. */
import { z } from 'zod'
import { NETWORK_NAME, type ResourceType } from './resource-type.ts'
import { bodyOf, bool, ipConfiguration, optionalReference } from './shapes.ts'

const properties = z.looseObject({
  ipConfigurations: z.array(ipConfiguration).length(1, 'must hold exactly one ip configuration'),
  enableIPForwarding: bool.optional(),
  networkSecurityGroup: optionalReference,
})

export type NetworkInterfaceProperties = z.infer<typeof properties>

export const networkInterfaces: ResourceType = {
  type: 'Microsoft.Network/networkInterfaces',
  name: NETWORK_NAME,
  apiVersions: ['2024-03-01', '2023-09-01', '2021-08-01'],
  schema: bodyOf(properties),
  readOnly: ['resourceGuid', 'macAddress', 'virtualMachine', 'primary', 'hostedWorkloads', 'vnetEncryptionSupported'],
  longRunning: 'asyncOperation',
  located: true,
}
