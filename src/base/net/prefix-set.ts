/**
 * Sets of IPv4 addresses, held as ranges that are sorted, disjoint and not adjacent. That form is unique, so two sets
 * are equal exactly when their ranges are.
 */
import { lastAddress, type Prefix, prefixOf } from './prefix.ts'

/** All addresses from `first` to `last`, both included. */
export interface AddressRange {
  readonly first: number
  readonly last: number
}

export type AddressSet = readonly AddressRange[]

export const EMPTY_SET: AddressSet = []

/** The addresses that are in any of the prefixes. */
export function setOf(prefixes: Iterable<Prefix>): AddressSet {
  return normalise(Array.from(prefixes, prefix => ({ first: prefix.first, last: lastAddress(prefix) })))
}

export function union(a: AddressSet, b: AddressSet): AddressSet {
  return normalise([...a, ...b])
}

export function intersect(a: AddressSet, b: AddressSet): AddressSet {
  const common: AddressRange[] = []
  for (let i = 0, j = 0; ; ) {
    const left = a[i]
    const right = b[j]
    if (left === undefined || right === undefined) return common
    const first = Math.max(left.first, right.first)
    const last = Math.min(left.last, right.last)
    if (first <= last) common.push({ first, last })
    if (left.last < right.last) i++
    else j++
  }
}

/** The addresses of `a` that are not in `b`. */
export function subtract(a: AddressSet, b: AddressSet): AddressSet {
  const rest: AddressRange[] = []
  let j = 0
  for (const range of a) {
    let first = range.first
    // A range of `b` may reach into the next range of `a`, so `j` only passes those that end before this one does.
    for (let cut = b[j]; cut !== undefined && cut.first <= range.last; cut = b[++j]) {
      if (cut.first > first) rest.push({ first, last: cut.first - 1 })
      first = Math.max(first, cut.last + 1)
      if (cut.last > range.last) break
    }
    if (first <= range.last) rest.push({ first, last: range.last })
  }
  return rest
}

export function includes(set: AddressSet, address: number): boolean {
  let low = 0
  let high = set.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const range = set[middle]
    if (range === undefined || address < range.first) high = middle - 1
    else if (address > range.last) low = middle + 1
    else return true
  }
  return false
}

/** The smallest list of prefixes that holds exactly the set, in ascending order. */
export function toPrefixes(set: AddressSet): Prefix[] {
  const prefixes: Prefix[] = []
  for (const range of set) {
    for (let first = range.first; first <= range.last; ) {
      const prefix = largestAt(first, range.last)
      prefixes.push(prefix)
      first = lastAddress(prefix) + 1
    }
  }
  return prefixes
}

/** The largest prefix that starts at `first` and does not pass `last`. */
function largestAt(first: number, last: number): Prefix {
  let length = 32
  while (length > 0) {
    const wider = prefixOf(first, length - 1)
    if (wider.first !== first || lastAddress(wider) > last) break
    length--
  }
  return { first, length }
}

function normalise(ranges: readonly AddressRange[]): AddressSet {
  const merged: AddressRange[] = []
  for (const range of ranges.toSorted((a, b) => a.first - b.first)) {
    const previous = merged.at(-1)
    if (previous !== undefined && range.first <= previous.last + 1) {
      merged[merged.length - 1] = { first: previous.first, last: Math.max(previous.last, range.last) }
    } else merged.push(range)
  }
  return merged
}
