/** Microsoft.Network/virtualNetworks (azure-facts C1). */
import { z } from 'zod'
import type { ResourceType } from './resource-type.ts'
import { addressPrefix, bodyOf, ipAddress } from './shapes.ts'

const properties = z.looseObject({
  addressSpace: z.looseObject({ addressPrefixes: z.array(addressPrefix).min(1) }),
  dhcpOptions: z
    .looseObject({ dnsServers: z.array(ipAddress).max(20).optional() })
    .nullish()
    .transform(value => value ?? undefined),
  virtualNetworkPeerings: z
    .array(z.unknown())
    .max(0, 'must be empty: peerings carry nothing here yet')
    .nullish()
    .transform(() => undefined),
})

export type VirtualNetworkProperties = z.infer<typeof properties>

export const virtualNetworks: ResourceType = {
  type: 'Microsoft.Network/virtualNetworks',
  // azure-facts C6.3
  name: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}[A-Za-z0-9_]$/,
    words: '2 to 64 letters, digits, "_", "." or "-", beginning with a letter or digit, ending with one or "_"',
  },
  apiVersions: ['2024-03-01', '2023-09-01', '2021-08-01'],
  schema: bodyOf(properties),
  readOnly: ['resourceGuid'],
  longRunning: 'asyncOperation',
  located: true,
  inline: { property: 'subnets', type: 'Microsoft.Network/virtualNetworks/subnets' },
}
