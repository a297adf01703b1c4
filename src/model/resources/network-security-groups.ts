/** Microsoft.Network/networkSecurityGroups: recorded, so that rules can refuse them where Azure does. */
import { z } from 'zod'
import { NETWORK_NAME, type ResourceType } from './resource-type.ts'
import { bodyOf } from './shapes.ts'

export const networkSecurityGroups: ResourceType = {
  type: 'Microsoft.Network/networkSecurityGroups',
  name: NETWORK_NAME,
  apiVersions: ['2024-03-01', '2023-09-01', '2021-08-01'],
  schema: bodyOf(z.preprocess(value => value ?? {}, z.looseObject({}))),
  readOnly: ['resourceGuid', 'defaultSecurityRules', 'networkInterfaces', 'subnets'],
  longRunning: 'asyncOperation',
  located: true,
  recordedOnly: 'its security rules filter nothing yet',
}
