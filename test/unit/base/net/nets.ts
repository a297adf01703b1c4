/** Builders for the tables of this folder. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { type Prefix, parsePrefix, prefixOf } from '../../../../src/base/net/prefix.ts'

export function prefix(text: string): Prefix {
  const read = parsePrefix(text)
  assert(read.ok, text)
  return read.value
}

/** `nets('10.0.0.0/8 10.1.0.0/16')`; '' is none. */
export function nets(text: string): Prefix[] {
  return text.split(' ').filter(Boolean).map(prefix)
}

/** Addresses crowded at the ends and around a few places, so that random prefixes meet. */
export const address = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.integer({ min: 0, max: 63 }),
  fc.integer({ min: 0xffffffff - 63, max: 0xffffffff }),
  fc.integer({ min: 0x7fffffe0, max: 0x8000001f }),
)

export const prefixes = fc
  .tuple(address, fc.integer({ min: 0, max: 32 }))
  .map(([first, length]) => prefixOf(first, length))
