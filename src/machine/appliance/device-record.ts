/** What a device remembers: `device.json` (0600). A device that has none is as it came from the factory: zeroized. */
import type { Parsed } from '../../base/findings/parsed.ts'
import {
  closed,
  flag,
  int,
  listOf,
  mapOf,
  nullable,
  oneOf,
  parseJson,
  type ShapeOf,
  text,
} from '../../base/shape/shape.ts'

/** scrypt's cost and salt beside its result, so that the cost can grow. */
const passwordHash = closed({ n: int(), r: int(), p: int(), salt: text(), hash: text() })

const partition = closed({
  /** Names its directory; never used again after the partition is gone. */
  number: int(1),
  name: text(),
  serial: text(),
  /** Attempts that are counted as wrong, or reserved (attempts.ts). */
  attempts: closed({ so: int(), co: int() }),
})

const client = closed({
  name: text(),
  addressKind: oneOf('hostname', 'ip'),
  address: text(),
  certificate: text(),
  fingerprint: text(),
  partition: nullable(int()),
})

const hsm = closed({
  label: text(),
  officer: passwordHash,
  /** Key of the cloning domain, hex: the same on every device that was given the same domain. */
  domain: text(),
  attempts: int(),
})

const device = closed({
  form: oneOf(1),
  /** Password null is the delivered one, which opens nothing but the change of it (azure-facts A10.6). */
  admin: closed({ password: nullable(passwordHash), failures: int(), lastFailure: int() }),
  hsm: nullable(hsm),
  /** It held something once and was zeroized since. */
  zeroizedOnce: flag,
  nextPartition: int(),
  partitions: listOf(partition),
  clients: listOf(client),
  /** Certificates sent by SFTP that wait for `client register`, by file name. */
  uploads: mapOf(text()),
  /** NTLS compares the source address of a client registered by address (H7.5). */
  ipCheck: flag,
})

export type PasswordHash = ShapeOf<typeof passwordHash>
export type PartitionRecord = ShapeOf<typeof partition>
export type ClientRecord = ShapeOf<typeof client>
export type HsmRecord = ShapeOf<typeof hsm>
export type DeviceRecord = ShapeOf<typeof device>

/** A device as it is delivered (azure-facts A7.10d). */
export function createEmptyDevice(): DeviceRecord {
  return {
    form: 1,
    admin: { password: null, failures: 0, lastFailure: 0 },
    hsm: null,
    zeroizedOnce: false,
    nextPartition: 1,
    partitions: [],
    clients: [],
    uploads: {},
    ipCheck: true,
  }
}

/** Not ok for a file that is torn or of another form: a device is never silently empty. */
export function parseDevice(json: string): Parsed<DeviceRecord> {
  return parseJson(device, json)
}
