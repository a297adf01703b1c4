/**
 * What the agent tells an appliance when it starts it: a file `config.json` in the appliance's state directory. It
 * holds no secret; everything secret an appliance makes itself and keeps in its own files there.
 */
import { closed, defaulted, int, type ShapeOf, text } from '../../base/shape/shape.ts'

export const applianceConfigShape = closed({
  hostname: text(1),
  /** Listens on 22 and 1792 of this address. */
  address: text(1),
  serial: text(1),
  /** PKCS#11 module to serve; SoftHSM's by default. */
  module: text(1),
  /** p11-kit-remote. */
  remote: text(1),
  /** Other ports, for a test outside a namespace of its own. */
  sshPort: defaulted(int(1), 22),
  ntlsPort: defaulted(int(1), 1792),
})

export type ApplianceConfig = ShapeOf<typeof applianceConfigShape>
