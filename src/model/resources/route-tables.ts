/** Microsoft.Network/routeTables: recorded, so that rules can refuse them where Azure does. */
import { z } from 'zod'
import { NETWORK_NAME, type ResourceType } from './resource-type.ts'
import { bodyOf } from './shapes.ts'

export const routeTables: ResourceType = {
  type: 'Microsoft.Network/routeTables',
  name: NETWORK_NAME,
  apiVersions: ['2024-03-01', '2023-09-01', '2021-08-01'],
  schema: bodyOf(z.preprocess(value => value ?? {}, z.looseObject({}))),
  readOnly: ['resourceGuid', 'subnets'],
  longRunning: 'asyncOperation',
  located: true,
  recordedOnly: 'its routes steer nothing yet',
}
