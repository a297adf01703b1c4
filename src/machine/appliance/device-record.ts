/** What a device remembers: `device.json` (0600). A device that has none is as it came from the factory: zeroized. */
import { z } from 'zod'
import { type Parsed, parsed, unparsed } from '../../base/findings/parsed.ts'

/** scrypt's cost and salt beside its result, so that the cost can grow. */
const passwordHash = z.strictObject({ n: z.int(), r: z.int(), p: z.int(), salt: z.string(), hash: z.string() })

const partition = z.strictObject({
  /** Names its directory; never used again after the partition is gone. */
  number: z.int().min(1),
  name: z.string(),
  serial: z.string(),
  /** Attempts that are counted as wrong, or reserved (attempts.ts). */
  attempts: z.strictObject({ so: z.int(), co: z.int() }),
})

const client = z.strictObject({
  name: z.string(),
  addressKind: z.enum(['hostname', 'ip']),
  address: z.string(),
  certificate: z.string(),
  fingerprint: z.string(),
  partition: z.int().nullable(),
})

const hsm = z.strictObject({
  label: z.string(),
  officer: passwordHash,
  /** Key of the cloning domain, hex: the same on every device that was given the same domain. */
  domain: z.string(),
  attempts: z.int(),
})

const device = z.strictObject({
  form: z.literal(1),
  /** Password null is the delivered one, which opens nothing but the change of it (azure-facts A10.6). */
  admin: z.strictObject({ password: passwordHash.nullable(), failures: z.int(), lastFailure: z.int() }),
  hsm: hsm.nullable(),
  /** It held something once and was zeroized since. */
  zeroizedOnce: z.boolean(),
  nextPartition: z.int(),
  partitions: z.array(partition),
  clients: z.array(client),
  /** Certificates sent by SFTP that wait for `client register`, by file name. */
  uploads: z.record(z.string(), z.string()),
  /** NTLS compares the source address of a client registered by address (H7.5). */
  ipCheck: z.boolean(),
})

export type PasswordHash = Readonly<z.infer<typeof passwordHash>>
export type PartitionRecord = Readonly<z.infer<typeof partition>>
export type ClientRecord = Readonly<z.infer<typeof client>>
export type HsmRecord = Readonly<z.infer<typeof hsm>>
export type DeviceRecord = Readonly<z.infer<typeof device>>

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
export function parseDevice(text: string): Parsed<DeviceRecord> {
  try {
    const result = device.safeParse(JSON.parse(text))
    return result.success ? parsed(result.data) : unparsed(z.prettifyError(result.error))
  } catch {
    return unparsed('it is not JSON')
  }
}
