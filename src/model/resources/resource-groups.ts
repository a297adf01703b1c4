/** Microsoft.Resources/resourceGroups. */
import { z } from 'zod'
import type { ResourceType } from './resource-type.ts'
import { bodyOf } from './shapes.ts'

export const resourceGroups: ResourceType = {
  type: 'Microsoft.Resources/resourceGroups',
  // azure-facts C6.4
  name: {
    pattern: /^[A-Za-z0-9_().-]{0,89}[A-Za-z0-9_()-]$/,
    words: '1 to 90 letters, digits, "_", "(", ")", "-" or ".", not ending with "."',
  },
  apiVersions: ['2024-03-01', '2021-04-01'],
  schema: bodyOf(z.preprocess(value => value ?? {}, z.looseObject({}))),
  readOnly: [],
  longRunning: 'body',
  located: true,
}
