/** Attributes on the wire (pkcs11-rpc.md, section 3): each by the class of its type. */
import type { WireReader, WireWriter } from './wire.ts'

export type AttributeValue =
  | { readonly class: 'byte'; readonly value: number }
  | { readonly class: 'ulong'; readonly value: bigint }
  | { readonly class: 'bytes'; readonly value: Buffer | null }
  | { readonly class: 'mechanisms'; readonly value: readonly bigint[] }
  | { readonly class: 'template'; readonly value: readonly Attribute[] }

/** `content` is null where ulValueLen is -1: sensitive or unknown. `length` is ulValueLen in the caller's sizes. */
export interface Attribute {
  readonly type: number
  readonly content: { readonly length: number; readonly data: AttributeValue } | null
}

/** One attribute that C_GetAttributeValue asks for: `size` is its buffer's, 0 for "just tell me the length". */
export interface AttributeRequest {
  readonly type: number
  readonly size: number
  /** Of a template: what its buffer's own attributes offer. */
  readonly nested?: readonly AttributeRequest[]
}

const BYTE_TYPES = new Set([
  0x1, 0x2, 0x86, 0x103, 0x104, 0x105, 0x106, 0x107, 0x108, 0x109, 0x10a, 0x10b, 0x10c, 0x162, 0x163, 0x164, 0x165,
  0x170, 0x171, 0x200, 0x202, 0x210, 0x301, 0x302, 0x405,
])
const ULONG_TYPES = new Set([
  0x0, 0x80, 0x87, 0x88, 0x100, 0x121, 0x133, 0x134, 0x160, 0x161, 0x166, 0x201, 0x300, 0x400, 0x401, 0x402, 0x403,
  0x404, 0x406, 0x500,
])
const TEMPLATE_TYPES = new Set([0x40000211, 0x40000212, 0x40000213])
const MECHANISMS_TYPE = 0x40000600

/** p11-kit's own limit (P11_RPC_MAX_RECURSION_DEPTH). */
const DEEPEST = 8
/** u32 type and u8 validity: the least an attribute takes. */
const SMALLEST = 5

/** CKA_WRAP_TEMPLATE and its kin, which p11-kit 0.24 cannot carry. */
export function isTemplateType(type: number): boolean {
  return TEMPLATE_TYPES.has(type)
}

export function readAttributes(reader: WireReader, depth = 0): Attribute[] {
  if (depth > DEEPEST) reader.fail('templates nested too deep')
  const attributes: Attribute[] = []
  for (let left = reader.count(SMALLEST); left > 0 && reader.failure === null; left--) {
    const type = reader.u32()
    const valid = reader.u8() !== 0
    attributes.push({ type, content: valid ? { length: reader.u32(), data: readValue(reader, type, depth) } : null })
  }
  return attributes
}

function readValue(reader: WireReader, type: number, depth: number): AttributeValue {
  if (BYTE_TYPES.has(type)) return { class: 'byte', value: reader.u8() }
  if (ULONG_TYPES.has(type)) return { class: 'ulong', value: reader.u64() }
  if (TEMPLATE_TYPES.has(type)) return { class: 'template', value: readAttributes(reader, depth + 1) }
  if (type === MECHANISMS_TYPE) {
    return { class: 'mechanisms', value: Array.from({ length: reader.count(8) }, () => reader.u64()) }
  }
  return { class: 'bytes', value: reader.byteArray() }
}

export function writeAttributes(writer: WireWriter, attributes: readonly Attribute[]): void {
  writer.u32(attributes.length)
  for (const { type, content } of attributes) {
    writer.u32(type).u8(content === null ? 0 : 1)
    if (content === null) continue
    writer.u32(content.length)
    writeValue(writer, content.data)
  }
}

function writeValue(writer: WireWriter, data: AttributeValue): void {
  switch (data.class) {
    case 'byte':
      writer.u8(data.value)
      return
    case 'ulong':
      writer.u64(data.value)
      return
    case 'bytes':
      writer.byteArray(data.value)
      return
    case 'mechanisms':
      writer.u32(data.value.length)
      for (const mechanism of data.value) writer.u64(mechanism)
      return
    case 'template':
      writeAttributes(writer, data.value)
  }
}

/** `nesting`: the peer is p11-kit 0.25.4 or newer, which describes the inside of a template's buffer. */
export function readAttributeRequests(reader: WireReader, nesting: boolean, depth = 0): AttributeRequest[] {
  if (depth > DEEPEST) reader.fail('templates nested too deep')
  const requests: AttributeRequest[] = []
  for (let left = reader.count(8); left > 0 && reader.failure === null; left--) {
    const type = reader.u32()
    const size = reader.u32()
    const inside = nesting && size > 0 && isTemplateType(type)
    requests.push(inside ? { type, size, nested: readAttributeRequests(reader, nesting, depth + 1) } : { type, size })
  }
  return requests
}

export function writeAttributeRequests(writer: WireWriter, requests: readonly AttributeRequest[]): void {
  writer.u32(requests.length)
  for (const { type, size, nested } of requests) {
    writer.u32(type).u32(size)
    if (nested) writeAttributeRequests(writer, nested)
  }
}
