/**
 * What the agent tells an appliance when it starts it: a file `config.json` in the appliance's state directory. It
 * holds no secret; everything secret an appliance makes itself and keeps in its own files there.
 */
import { z } from 'zod'

export const applianceConfigSchema = z.strictObject({
  hostname: z.string(),
  /** Listens on 22 and 1792 of this address. */
  address: z.string(),
  serial: z.string(),
  /** PKCS#11 module to serve; SoftHSM's by default. */
  module: z.string(),
  /** p11-kit-remote. */
  remote: z.string(),
  /** Other ports, for a test outside a namespace of its own. */
  sshPort: z.int().default(22),
  ntlsPort: z.int().default(1792),
})

export type ApplianceConfig = Readonly<z.infer<typeof applianceConfigSchema>>
