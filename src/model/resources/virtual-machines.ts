/** Microsoft.Compute/virtualMachines: a host. Its image and size are recorded; its NIC and its name act. */
import { z } from 'zod'
import type { ResourceType } from './resource-type.ts'
import { bodyOf, bool, reference } from './shapes.ts'

const dropped = z
  .unknown()
  .optional()
  .transform(() => undefined)

const properties = z.looseObject({
  networkProfile: z.looseObject({
    networkInterfaces: z.array(reference).length(1, 'must name exactly one network interface'),
  }),
  // Of a machine's profile only this is kept: passwords, custom data, secrets and what extensions are given are
  // credentials of a machine that we do not start. Never stored, never shown.
  osProfile: z
    .object({
      computerName: z.string().optional(),
      adminUsername: z.string().optional(),
      linuxConfiguration: z
        .object({ disablePasswordAuthentication: bool.optional(), ssh: z.looseObject({}).optional() })
        .optional(),
    })
    .nullish()
    .transform(value => value ?? undefined),
  userData: dropped,
  extensionProfile: dropped,
})

export type VirtualMachineProperties = z.infer<typeof properties>

export const virtualMachines: ResourceType = {
  type: 'Microsoft.Compute/virtualMachines',
  name: {
    pattern: /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,62}[A-Za-z0-9_])?$/,
    words: '1 to 64 letters, digits, "_", "." or "-", beginning with a letter or digit, ending with one or "_"',
  },
  apiVersions: ['2024-07-01', '2023-09-01', '2021-11-01'],
  schema: bodyOf(properties),
  readOnly: ['vmId', 'instanceView', 'timeCreated'],
  longRunning: 'asyncOperation',
  located: true,
}
