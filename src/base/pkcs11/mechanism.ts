/**
 * Mechanisms on the wire, in the three dialects of p11-kit (pkcs11-rpc.md, section 3):
 * 0 is 0.24, which knows the parameters of PSS and OAEP and takes any other as the bytes of the C structure;
 * 1 is 0.25.0 to 0.25.5, which knows more structures; 2 is 0.25.6 and newer, which writes the same with a flag before,
 * whatever version was negotiated.
 */
import type { WireReader, WireWriter } from './wire.ts'

export type Dialect = 0 | 1 | 2

export type MechanismParameter =
  | { readonly shape: 'bytes'; readonly bytes: Buffer }
  | { readonly shape: 'ulong'; readonly value: bigint }
  | { readonly shape: 'pss'; readonly hash: bigint; readonly mgf: bigint; readonly saltLength: bigint }
  | {
      readonly shape: 'oaep'
      readonly hash: bigint
      readonly mgf: bigint
      readonly source: bigint
      readonly sourceData: Buffer | null
    }
  | { readonly shape: 'ecdh'; readonly kdf: bigint; readonly shared: Buffer | null; readonly publicData: Buffer | null }
  | { readonly shape: 'ctr'; readonly counterBits: bigint; readonly block: Buffer | null }
  | {
      readonly shape: 'gcm'
      readonly iv: Buffer | null
      readonly ivBits: bigint
      readonly additional: Buffer | null
      readonly tagBits: bigint
    }

export interface Mechanism {
  readonly type: number
  readonly parameter: MechanismParameter | null
}

type Shape = MechanismParameter['shape']

/** Stands for the NULL mechanism that cancels an operation (p11-kit 0.25.3 and newer). */
const CANCEL = 0xffffffff

const OLD_SHAPES = new Map<number, Shape>([
  [0xd, 'pss'],
  [0x9, 'oaep'],
])
const SHAPES = new Map<number, Shape>([
  ...OLD_SHAPES,
  ...each([0xe, 0x43, 0x44, 0x45, 0x47], 'pss'),
  ...each([0x1050], 'ecdh'),
  ...each([0x1086], 'ctr'),
  ...each([0x1087], 'gcm'),
  ...each([0x222, 0x257, 0x252, 0x262, 0x272, 0x4a, 0x4e, 0x1084, 0x108b, 0x135, 0x137], 'ulong'),
])

/** What dialect 2 writes without a flag and without a parameter (0.26.4). */
const WITHOUT_PARAMETER = new Set([
  0x0, 0xa, 0x1, 0x2, 0x3, 0xb, 0x4, 0x5, 0x6, 0x40, 0x41, 0x42, 0x46, 0x7, 0x8, 0xc, 0x10, 0x2000, 0x11, 0x12, 0x1020,
  0x1040, 0x1041, 0x1042, 0x1043, 0x1044, 0x1045, 0x1046, 0x20, 0x2001, 0x30, 0x2002, 0x1010, 0x350, 0x100, 0x110,
  0x111, 0x330, 0x1080, 0x1081, 0x1083, 0x108a, 0x120, 0x130, 0x131, 0x132, 0x138, 0x140, 0x141, 0x143, 0x300, 0x301,
  0x303, 0x310, 0x311, 0x313, 0x320, 0x321, 0x331, 0x333, 0x340, 0x341, 0x343, 0x370, 0x374, 0x380, 0x381, 0x392, 0x393,
  0x394, 0x395, 0x396, 0x400, 0x1000, 0x1008, 0x1030, 0x1036, 0x1060, 0x1065, 0x101, 0x103, 0x121, 0x123, 0x134, 0x200,
  0x201, 0x210, 0x211, 0x220, 0x221, 0x230, 0x231, 0x240, 0x241, 0x250, 0x251, 0x255, 0x256, 0x260, 0x261, 0x270, 0x271,
  0x48, 0x49, 0x4b, 0x4c, 0x4d, 0x4f, 0x50, 0x51, 0x53, 0x1070,
])

/** Null is the NULL mechanism. */
export function readMechanism(reader: WireReader, dialect: Dialect): Mechanism | null {
  const type = reader.u32()
  if (type === CANCEL) return null
  if (dialect === 2) {
    if (WITHOUT_PARAMETER.has(type) || reader.u8() === 0) return { type, parameter: null }
    return { type, parameter: readParameter(reader, SHAPES.get(type) ?? 'bytes') }
  }
  return { type, parameter: readParameter(reader, (dialect === 0 ? OLD_SHAPES : SHAPES).get(type) ?? 'bytes') }
}

function readParameter(reader: WireReader, shape: Shape): MechanismParameter | null {
  switch (shape) {
    case 'bytes': {
      const bytes = reader.byteArray()
      return bytes === null ? null : { shape, bytes }
    }
    case 'ulong':
      return { shape, value: reader.u64() }
    case 'pss':
      return { shape, hash: reader.u64(), mgf: reader.u64(), saltLength: reader.u64() }
    case 'oaep':
      return {
        shape,
        hash: reader.u64(),
        mgf: reader.u64(),
        source: reader.u64(),
        sourceData: reader.byteArray(),
      }
    case 'ecdh':
      return { shape, kdf: reader.u64(), shared: reader.byteArray(), publicData: reader.byteArray() }
    case 'ctr':
      return { shape, counterBits: reader.u64(), block: reader.byteArray() }
    case 'gcm':
      return {
        shape,
        iv: reader.byteArray(),
        ivBits: reader.u64(),
        additional: reader.byteArray(),
        tagBits: reader.u64(),
      }
  }
}

/** False where the dialect cannot carry it: nothing usable was written then. */
export function writeMechanism(writer: WireWriter, mechanism: Mechanism | null, dialect: Dialect): boolean {
  if (mechanism === null) {
    writer.u32(CANCEL)
    return dialect !== 0
  }
  const { type, parameter } = mechanism
  writer.u32(type)
  if (dialect === 2) {
    if (WITHOUT_PARAMETER.has(type)) return parameter === null
    writer.u8(parameter === null ? 0 : 1)
    return parameter === null || writeParameter(writer, parameter, SHAPES.get(type) ?? 'bytes')
  }
  if (parameter === null) {
    writer.byteArray(null)
    return !(dialect === 0 ? OLD_SHAPES : SHAPES).has(type)
  }
  return writeParameter(writer, parameter, (dialect === 0 ? OLD_SHAPES : SHAPES).get(type) ?? 'bytes')
}

function writeParameter(writer: WireWriter, parameter: MechanismParameter, as: Shape): boolean {
  if (parameter.shape !== as) {
    const bytes = as === 'bytes' ? structureBytes(parameter) : null
    writer.byteArray(bytes)
    return bytes !== null
  }
  switch (parameter.shape) {
    case 'bytes':
      writer.byteArray(parameter.bytes)
      return true
    case 'ulong':
      writer.u64(parameter.value)
      return true
    case 'pss':
      writer.u64(parameter.hash).u64(parameter.mgf).u64(parameter.saltLength)
      return true
    case 'oaep':
      writer.u64(parameter.hash).u64(parameter.mgf).u64(parameter.source).byteArray(parameter.sourceData)
      return true
    case 'ecdh':
      writer.u64(parameter.kdf).byteArray(parameter.shared).byteArray(parameter.publicData)
      return true
    case 'ctr':
      writer.u64(parameter.counterBits).byteArray(parameter.block)
      return true
    case 'gcm':
      writer.byteArray(parameter.iv).u64(parameter.ivBits).byteArray(parameter.additional).u64(parameter.tagBits)
      return true
  }
}

/**
 * The C structure as a 64-bit little-endian process holds it (x64 and arm64 are what we run on), for a remote that
 * copies it unread. Null for one with pointers in it: those bytes would mean something else over there.
 */
function structureBytes(parameter: MechanismParameter): Buffer | null {
  switch (parameter.shape) {
    case 'bytes':
      return parameter.bytes
    case 'ulong':
      return ulongs(parameter.value)
    case 'pss':
      return ulongs(parameter.hash, parameter.mgf, parameter.saltLength)
    case 'ctr':
      return Buffer.concat([ulongs(parameter.counterBits), parameter.block ?? Buffer.alloc(16)])
    case 'oaep':
    case 'ecdh':
    case 'gcm':
      return null
  }
}

function ulongs(...values: readonly bigint[]): Buffer {
  const bytes = Buffer.alloc(values.length * 8)
  values.forEach((value, at) => {
    bytes.writeBigUInt64LE(value, at * 8)
  })
  return bytes
}

function each(types: readonly number[], shape: Shape): [number, Shape][] {
  return types.map(type => [type, shape])
}
