/** IPv4 prefixes (`10.1.0.0/16`): the first address and the number of leading bits that all members share. */
import { type Parsed, parsed, unparsed } from '../findings/parsed.ts'
import { formatAddress, parseAddress } from './address.ts'

export interface Prefix {
  /** The network address: host bits are zero. */
  readonly first: number
  /** 0 to 32. */
  readonly length: number
}

/** An address together with the prefix length of the network it is in, as on an interface: host bits are allowed. */
export interface AddressInPrefix {
  readonly address: number
  readonly length: number
}

/** Reads `address/length`, host bits and all. */
export function parseAddressInPrefix(text: string): Parsed<AddressInPrefix> {
  const slash = text.indexOf('/')
  if (slash < 0) {
    return unparsed(`${JSON.stringify(text)} has no prefix length: CIDR notation is expected, as in 10.0.0.0/24`)
  }
  const address = parseAddress(text.slice(0, slash))
  if (!address.ok) return address
  const length = text.slice(slash + 1)
  if (!/^(?:3[0-2]|[12]\d|\d)$/.test(length)) {
    return unparsed(`${JSON.stringify(text)} is not a prefix: the part after "/" must be a number from 0 to 32`)
  }
  return parsed({ address: address.value, length: Number(length) })
}

/** Reads a network in CIDR notation. Refuses host bits, as ARM does; the reason then names the network meant. */
export function parsePrefix(text: string): Parsed<Prefix> {
  const read = parseAddressInPrefix(text)
  if (!read.ok) return read
  const prefix = prefixOf(read.value.address, read.value.length)
  return prefix.first === read.value.address
    ? parsed(prefix)
    : unparsed(`${JSON.stringify(text)} has host bits set: the network is ${formatPrefix(prefix)}`)
}

export function formatPrefix(prefix: Prefix): string {
  return `${formatAddress(prefix.first)}/${prefix.length}`
}

/** The network of `length` bits that `address` is in. */
export function prefixOf(address: number, length: number): Prefix {
  return { first: length === 0 ? 0 : (address & (-1 << (32 - length))) >>> 0, length }
}

/** How many addresses the prefix holds: up to 2^32, so a double and never an int32. */
export function addressCount(prefix: Prefix): number {
  return 2 ** (32 - prefix.length)
}

export function lastAddress(prefix: Prefix): number {
  return prefix.first + addressCount(prefix) - 1
}

export function contains(prefix: Prefix, address: number): boolean {
  return address >= prefix.first && address <= lastAddress(prefix)
}

/** True when every address of `inner` is in `outer`. */
export function covers(outer: Prefix, inner: Prefix): boolean {
  return outer.length <= inner.length && contains(outer, inner.first)
}

/** True when the two share an address; prefixes do so only where one covers the other. */
export function overlaps(a: Prefix, b: Prefix): boolean {
  return covers(a, b) || covers(b, a)
}
