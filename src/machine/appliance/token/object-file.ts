/**
 * SoftHSM's object files (pkcs11-rpc.md, section 5): u64 generation, then attributes of u64 type, u64 kind and a value,
 * to the end of the file, with no checksum. Read only to tell a whole file from a torn one.
 */
import { type Parsed, parsed, unparsed } from '../../../base/findings/parsed.ts'

/** Attribute types to the bytes of their values. */
export type ObjectAttributes = ReadonlyMap<bigint, Buffer>

const CKA_CLASS = 0x0n
/** SoftHSM's own attributes, in token.object only. */
const TOKEN_LABEL = 0x80005349n
const TOKEN_SERIAL = 0x8000534an
const TOKEN_FLAGS = 0x8000534bn
const SO_PIN = 0x8000534cn
const USER_PIN = 0x8000534dn

export function parseObjectFile(bytes: Buffer): Parsed<ObjectAttributes> {
  if (bytes.length < 8) return unparsed('no generation')
  const attributes = new Map<bigint, Buffer>()
  let at = 8
  while (at < bytes.length) {
    if (bytes.length - at < 16) return unparsed(`an attribute cut at byte ${at}`)
    const type = bytes.readBigUInt64BE(at)
    const kind = bytes.readBigUInt64BE(at + 8)
    at += 16
    const length = valueLength(bytes, at, kind)
    if (length === null || length > bytes.length - at) return unparsed(`a value cut at byte ${at}`)
    attributes.set(type, bytes.subarray(at, at + length))
    at += length
  }
  return parsed(attributes)
}

/** Null for an unknown kind or a length that is not whole. */
function valueLength(bytes: Buffer, at: number, kind: bigint): number | null {
  if (kind === 1n) return 1
  if (kind === 2n) return 8
  if (bytes.length - at < 8) return null
  const length = bytes.readBigUInt64BE(at)
  if (length > BigInt(bytes.length)) return null
  // A byte string and a map of attributes give their length in bytes, a set of mechanisms counts ulongs.
  if (kind === 3n || kind === 4n) return 8 + Number(length)
  if (kind === 5n) return 8 + Number(length) * 8
  return null
}

/** A whole object: one that says at least what it is. */
export function isWholeObject(bytes: Buffer): boolean {
  const attributes = parseObjectFile(bytes)
  return attributes.ok && attributes.value.has(CKA_CLASS)
}

/**
 * A token.object that opens its token. With `known`, an older whole one: it must hold a user PIN where that did, for a
 * rewrite that was cut between two attributes looks whole otherwise.
 */
export function isWholeToken(bytes: Buffer, known: Buffer | null): boolean {
  const attributes = parseObjectFile(bytes)
  if (!attributes.ok) return false
  const before = known === null ? null : parseObjectFile(known)
  const needed = [TOKEN_LABEL, TOKEN_SERIAL, TOKEN_FLAGS, SO_PIN]
  if (before?.ok && before.value.has(USER_PIN)) needed.push(USER_PIN)
  return needed.every(type => attributes.value.has(type))
}

/** True where both open with the same PINs. Every login rewrites the flags and the generation, which does not count. */
export function samePins(a: Buffer, b: Buffer): boolean {
  const [left, right] = [parseObjectFile(a), parseObjectFile(b)]
  if (!left.ok || !right.ok) return false
  return [SO_PIN, USER_PIN].every(type => {
    const [one, other] = [left.value.get(type), right.value.get(type)]
    return one === undefined ? other === undefined : other !== undefined && one.equals(other)
  })
}
