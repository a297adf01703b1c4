/** The values that signatures are made of: one letter or pair a value (pkcs11-rpc.md, section 3). */
import {
  type Attribute,
  type AttributeRequest,
  isTemplateType,
  readAttributeRequests,
  readAttributes,
  writeAttributeRequests,
  writeAttributes,
} from './attribute.ts'
import { type Dialect, type Mechanism, readMechanism, writeMechanism } from './mechanism.ts'
import type { WireReader, WireWriter } from './wire.ts'

export type Value =
  | { readonly kind: 'y'; readonly byte: number }
  | { readonly kind: 'u'; readonly ulong: bigint }
  | { readonly kind: 'v'; readonly major: number; readonly minor: number }
  /** A string of fixed width, padded with spaces. */
  | { readonly kind: 's'; readonly text: Buffer }
  | { readonly kind: 'z'; readonly text: Buffer | null }
  /** Null bytes with a length: the answer to "how long would it be". */
  | { readonly kind: 'ay'; readonly bytes: Buffer | null; readonly length: number }
  /** The size of the caller's buffer; 0 asks for the length alone. */
  | { readonly kind: 'fy'; readonly size: number }
  | { readonly kind: 'au'; readonly ulongs: readonly bigint[] | null; readonly count: number }
  | { readonly kind: 'fu'; readonly count: number }
  | { readonly kind: 'fA'; readonly wanted: readonly AttributeRequest[] }
  | { readonly kind: 'aA'; readonly attributes: readonly Attribute[] }
  | { readonly kind: 'M'; readonly mechanism: Mechanism | null }

/** From 0.25.6 on: a buffer of size 0 that is not NULL. Both mean that only the length can come back. */
const EMPTY_BUFFER = 0xffffffff

const KINDS = new Map<string, Value['kind'][]>()

/** `uayfy` → u, ay, fy. */
export function kindsOf(signature: string): readonly Value['kind'][] {
  let kinds = KINDS.get(signature)
  if (!kinds) {
    kinds = (signature.match(/[af][yuA]|[yuvszM]/g) ?? []) as Value['kind'][]
    KINDS.set(signature, kinds)
  }
  return kinds
}

export function readValue(reader: WireReader, kind: Value['kind'], dialect: Dialect): Value {
  switch (kind) {
    case 'y':
      return { kind, byte: reader.u8() }
    case 'u':
      return { kind, ulong: reader.u64() }
    case 'v':
      return { kind, major: reader.u8(), minor: reader.u8() }
    case 's':
      return { kind, text: reader.byteArray() ?? Buffer.alloc(0) }
    case 'z':
      return { kind, text: reader.byteArray() }
    case 'ay': {
      if (reader.u8() === 0) return { kind, bytes: null, length: reader.u32() }
      const bytes = reader.byteArray() ?? Buffer.alloc(0)
      return { kind, bytes, length: bytes.length }
    }
    case 'fy': {
      const size = reader.u32()
      return { kind, size: dialect === 2 && size === EMPTY_BUFFER ? 0 : size }
    }
    case 'au': {
      if (reader.u8() === 0) return { kind, ulongs: null, count: reader.u32() }
      const ulongs = Array.from({ length: reader.count(8) }, () => reader.u64())
      return { kind, ulongs, count: ulongs.length }
    }
    case 'fu':
      return { kind, count: reader.u32() }
    case 'fA':
      return { kind, wanted: readAttributeRequests(reader, dialect > 0) }
    case 'aA':
      return { kind, attributes: readAttributes(reader) }
    case 'M':
      return { kind, mechanism: readMechanism(reader, dialect) }
  }
}

/** False where the dialect cannot carry the value: what was written is of no use then. */
export function writeValue(writer: WireWriter, value: Value, dialect: Dialect): boolean {
  switch (value.kind) {
    case 'y':
      writer.u8(value.byte)
      return true
    case 'u':
      writer.u64(value.ulong)
      return true
    case 'v':
      writer.u8(value.major).u8(value.minor)
      return true
    case 's':
    case 'z':
      writer.byteArray(value.text)
      return true
    case 'ay':
      if (value.bytes === null) writer.u8(0).u32(value.length)
      else writer.u8(1).byteArray(value.bytes)
      return true
    case 'fy':
      writer.u32(value.size)
      return true
    case 'au':
      if (value.ulongs === null) writer.u8(0).u32(value.count)
      else writer.u8(1).u32(value.ulongs.length)
      for (const ulong of value.ulongs ?? []) writer.u64(ulong)
      return true
    case 'fu':
      writer.u32(value.count)
      return true
    case 'fA':
      writeAttributeRequests(writer, value.wanted)
      return dialect > 0 || value.wanted.every(({ type, size }) => size === 0 || !isTemplateType(type))
    case 'aA':
      writeAttributes(writer, value.attributes)
      return dialect > 0 || value.attributes.every(({ type }) => !isTemplateType(type))
    case 'M':
      return writeMechanism(writer, value.mechanism, dialect)
  }
}

/** How many bytes the caller has room for: what a remote would allocate before it does anything. */
export function roomFor(values: readonly Value[]): number {
  let room = 0
  for (const value of values) {
    if (value.kind === 'fy') room += value.size
    else if (value.kind === 'fu') room += value.count * 8
    else if (value.kind === 'fA') room += value.wanted.reduce((sum, { size }) => sum + size, 0)
  }
  return room
}
