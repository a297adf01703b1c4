/**
 * IPv4 addresses as unsigned 32-bit numbers. Own code, because the libraries at hand read `010.0.0.1` as octal or take
 * short forms, and cost ten to a hundred times as much where the engine compares millions (performance.md 6).
 *
 * Pitfall kept out of all callers: `<<`, `&` and `~` give signed numbers in JavaScript, so results pass `>>> 0`, and a
 * shift by 32 is a shift by 0.
 */
import { type Parsed, parsed, unparsed } from '../findings/parsed.ts'

/** The number of addresses there are; one more than the greatest address. */
export const ADDRESS_SPACE = 2 ** 32

const DOT = 46
const ZERO = 48
const NINE = 57

/**
 * Reads a dotted quad of plain decimal octets: the one form that every program reads alike.
 * Refuses leading zeros, short forms, signs, spaces and anything after the address.
 */
export function parseAddress(text: string): Parsed<number> {
  const address = scan(text)
  return address === undefined ? unparsed(explain(text)) : parsed(address)
}

/** The dotted quad of an address. */
export function formatAddress(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`
}

function scan(text: string): number | undefined {
  let address = 0
  let octet = 0
  let digits = 0
  let dots = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === DOT) {
      if (digits === 0 || dots === 3) return undefined
      address = address * 256 + octet
      octet = 0
      digits = 0
      dots++
    } else {
      if (code < ZERO || code > NINE || (digits > 0 && octet === 0)) return undefined
      octet = octet * 10 + code - ZERO
      digits++
      if (octet > 255) return undefined
    }
  }
  return dots === 3 && digits > 0 ? address * 256 + octet : undefined
}

/** Says why `scan` refused; slow, and only reached for a refusal. */
function explain(text: string): string {
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
  const octets = text.split('.')
  const wrong = octets.find(octet => !/^\d+$/.test(octet))
  if (octets.length !== 4 || wrong !== undefined) {
    return `${shown} is not an IPv4 address: four decimal numbers joined by dots are expected, as in 10.0.0.4`
  }
  const padded = octets.find(octet => /^0\d/.test(octet))
  if (padded !== undefined) {
    return `${shown} is not an IPv4 address: "${padded}" has a leading zero, which some programs read as octal`
  }
  return `${shown} is not an IPv4 address: each of its four numbers must be at most 255`
}
