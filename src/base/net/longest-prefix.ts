/** Longest-prefix match: what a routing table does with an address. */
import { type Prefix, prefixOf } from './prefix.ts'

export interface LongestPrefixEntry<T> {
  readonly prefix: Prefix
  readonly value: T
}

export interface LongestPrefixTable<T> {
  /** The entry of the longest prefix that holds the address. */
  lookup(address: number): LongestPrefixEntry<T> | undefined
}

/**
 * Builds a table once; it never changes. Of two entries with the same prefix the later one counts, so callers list
 * entries in rising order of preference.
 *
 * One map a prefix length: at most 33 probes a look-up, and in real tables four or five.
 */
export function longestPrefixTable<T>(entries: Iterable<LongestPrefixEntry<T>>): LongestPrefixTable<T> {
  const byLength = new Map<number, Map<number, LongestPrefixEntry<T>>>()
  for (const entry of entries) {
    const sameLength = byLength.get(entry.prefix.length) ?? new Map<number, LongestPrefixEntry<T>>()
    byLength.set(entry.prefix.length, sameLength.set(entry.prefix.first, entry))
  }
  const longestFirst = [...byLength].toSorted(([a], [b]) => b - a)

  return {
    lookup(address) {
      for (const [length, sameLength] of longestFirst) {
        const entry = sameLength.get(prefixOf(address, length).first)
        if (entry) return entry
      }
      return undefined
    },
  }
}
