/** The hashes behind `uniqueString` and `guid`: names made here equal the names made in Azure. */
import { createHash } from 'node:crypto'

/** The namespace that Azure documents for `guid` (Bicep's string functions). */
const GUID_NAMESPACE = Buffer.from('11fb06fb712d4ddd98c7e71bbd588830', 'hex')
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** A UUID of version 5 (RFC 9562) of the arguments joined with "-". */
export function guidOf(args: readonly string[]): string {
  const bytes = createHash('sha1').update(GUID_NAMESPACE).update(args.join('-')).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** 13 characters of base 32, the top bits first, of the hash of the arguments joined with "-" (arm-templates.md). */
export function uniqueStringOf(args: readonly string[]): string {
  const hash = murmur64(Buffer.from(args.join('-'), 'utf8'))
  return Array.from({ length: 13 }, (_, i) => BASE32[Number(BigInt.asUintN(64, hash << BigInt(5 * i)) >> 59n)]).join('')
}

const C1 = 597399067
const C2 = 2869860233

/** Microsoft's 64-bit relative of MurmurHash3: two 32-bit lanes, seed 0. */
function murmur64(bytes: Buffer): bigint {
  let one = 0
  let two = 0
  const whole = bytes.length - (bytes.length % 8)
  for (let i = 0; i < whole; i += 8) {
    one ^= mixOne(bytes.readUInt32LE(i))
    one = (Math.imul((rotate(one, 19) + two) | 0, 5) + 1444728091) | 0
    two ^= mixTwo(bytes.readUInt32LE(i + 4))
    two = (Math.imul((rotate(two, 13) + one) | 0, 5) + 197830471) | 0
  }
  const tail = Buffer.alloc(8)
  bytes.copy(tail, 0, whole)
  one ^= mixOne(tail.readUInt32LE(0))
  two ^= mixTwo(tail.readUInt32LE(4))

  one ^= bytes.length
  two ^= bytes.length
  one = (one + two) | 0
  two = (two + one) | 0
  one = finish(one)
  two = finish(two)
  one = (one + two) | 0
  two = (two + one) | 0
  return (BigInt(two >>> 0) << 32n) | BigInt(one >>> 0)
}

function mixOne(word: number): number {
  return Math.imul(rotate(Math.imul(word, C1), 15), C2)
}

function mixTwo(word: number): number {
  return Math.imul(rotate(Math.imul(word, C2), 17), C1)
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}

function finish(word: number): number {
  const once = Math.imul(word ^ (word >>> 16), 2246822507)
  const twice = Math.imul(once ^ (once >>> 13), 3266489909)
  return twice ^ (twice >>> 16)
}
