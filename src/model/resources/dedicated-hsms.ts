/** Microsoft.HardwareSecurityModules/dedicatedHSMs (azure-facts A5). */
import { z } from 'zod'
import { HSM_REGIONS } from './regions.ts'
import type { ResourceType } from './resource-type.ts'
import { bodyOf, ipAddress, reference } from './shapes.ts'

export const LUNA_SKU = 'SafeNet Luna Network HSM A790'

/** Samples from 2024 on name the subnet reference `resourceId` (azure-facts A5.17). */
const subnet = z.preprocess(value => {
  if (typeof value !== 'object' || value === null || !('resourceId' in value)) return value
  const { resourceId, ...rest } = value
  return { id: resourceId, ...rest }
}, reference)

const networkProfile = z.looseObject({
  subnet,
  networkInterfaces: z
    .array(z.object({ privateIpAddress: ipAddress.nullish() }))
    .max(1, 'must hold at most one interface: a Luna device takes one private IP (azure-facts A1.4)')
    .nullish()
    // An interface without an address asks for nothing.
    .transform(value => (value?.some(nic => nic.privateIpAddress) ? value : undefined)),
})

const properties = z.looseObject({
  networkProfile,
  managementNetworkProfile: z.unknown().optional(),
  stampId: z.string().optional(),
})

export type DedicatedHsmProperties = z.infer<typeof properties>

export const dedicatedHsms: ResourceType = {
  type: 'Microsoft.HardwareSecurityModules/dedicatedHSMs',
  name: { pattern: /^[a-zA-Z0-9-]{3,24}$/, words: '3 to 24 letters, digits or "-" (azure-facts A5.1)' },
  apiVersions: ['2025-03-31', '2021-11-30', '2018-10-31-preview'],
  schema: bodyOf(properties),
  readOnly: ['statusMessage'],
  longRunning: 'body',
  located: true,
  regions: HSM_REGIONS,
  keepsUnsaid: true,
}
