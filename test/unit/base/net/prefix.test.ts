import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  addressCount,
  contains,
  covers,
  formatPrefix,
  lastAddress,
  overlaps,
  type Prefix,
  parsePrefix,
} from '../../../../src/base/net/prefix.ts'
import { address, prefix, prefixes } from './nets.ts'

test('prefixes that are read', () => {
  const rows: [text: string, first: number, last: number, count: number][] = [
    ['0.0.0.0/0', 0, 0xffffffff, 2 ** 32],
    ['10.0.0.0/8', 0x0a000000, 0x0affffff, 2 ** 24],
    ['128.0.0.0/1', 0x80000000, 0xffffffff, 2 ** 31],
    ['10.2.255.0/26', 0x0a02ff00, 0x0a02ff3f, 64],
    ['255.255.255.255/32', 0xffffffff, 0xffffffff, 1],
  ]
  for (const [text, first, last, count] of rows) {
    const read = prefix(text)
    assert.deepEqual([read.first, lastAddress(read), addressCount(read)], [first, last, count], text)
    assert.equal(formatPrefix(read), text)
  }
})

test('what looks like a prefix and is refused', () => {
  const rows: [text: string, reason: RegExp][] = [
    ['10.0.0.1/33', /0 to 32/],
    ['10.0.0.0/-1', /0 to 32/],
    ['10.0.0.0/', /0 to 32/],
    ['10.0.0.0/08', /0 to 32/],
    ['10.0.0.0/8 ', /0 to 32/],
    ['10.0.0.0/8/8', /0 to 32/],
    ['10.0.0.0/255.0.0.0', /0 to 32/],
    ['10.0.0.0', /no prefix length/],
    ['010.0.0.1/8', /leading zero/],
    ['10.0/16', /four decimal numbers/],
    ['fdad::/48', /four decimal numbers/],
    ['10.0.0.1/8', /host bits set: the network is 10\.0\.0\.0\/8$/],
    ['10.1.0.0/8', /host bits set: the network is 10\.0\.0\.0\/8$/],
    ['255.255.255.255/0', /host bits set: the network is 0\.0\.0\.0\/0$/],
  ]
  for (const [text, reason] of rows) {
    const result = parsePrefix(text)
    assert.match(result.ok ? 'it was read' : result.reason, reason, text)
  }
})

test('how two prefixes lie', () => {
  const rows: [outer: string, inner: string, covers: boolean, overlaps: boolean][] = [
    ['10.0.0.0/8', '10.1.0.0/16', true, true],
    ['10.1.0.0/16', '10.0.0.0/8', false, true],
    ['10.0.0.0/16', '10.0.0.0/16', true, true],
    ['10.0.0.0/16', '10.1.0.0/16', false, false],
    ['0.0.0.0/0', '255.255.255.255/32', true, true],
    ['128.0.0.0/1', '127.255.255.255/32', false, false],
  ]
  for (const [outer, inner, isCovered, overlap] of rows) {
    assert.equal(covers(prefix(outer), prefix(inner)), isCovered, `${outer} covers ${inner}`)
    assert.equal(overlaps(prefix(outer), prefix(inner)), overlap, `${outer} overlaps ${inner}`)
  }
})

test('containing, covering and overlapping agree', () => {
  fc.assert(
    fc.property(prefixes, prefixes, address, (a: Prefix, b: Prefix, x) => {
      assert.equal(overlaps(a, b), overlaps(b, a))
      assert.equal(covers(a, b), contains(a, b.first) && contains(a, lastAddress(b)))
      assert.equal(contains(a, x), x >= a.first && x - a.first < addressCount(a))
    }),
  )
})
