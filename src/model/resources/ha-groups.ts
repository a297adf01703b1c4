/** Hsmnet.Local/haGroups: which HSMs the clients of which hosts use as one token. */
import { z } from 'zod'
import type { ResourceType } from './resource-type.ts'
import { bodyOf, reference } from './shapes.ts'

const properties = z.strictObject({
  members: z.array(reference).length(1, 'must name exactly one HSM: groups that fail over come later'),
  hosts: z.array(reference).min(1, 'must name at least one host'),
})

export type HaGroupProperties = z.infer<typeof properties>

export const haGroups: ResourceType = {
  type: 'Hsmnet.Local/haGroups',
  // The name is the token's label, which PKCS#11 gives 32 bytes.
  name: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/,
    words: '1 to 32 letters, digits, "_", "." or "-", beginning with a letter or digit',
  },
  apiVersions: ['2026-11-01'],
  schema: bodyOf(properties),
  readOnly: [],
  longRunning: 'asyncOperation',
  located: false,
}
