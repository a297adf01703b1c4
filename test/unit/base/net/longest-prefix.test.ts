import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseAddress } from '../../../../src/base/net/address.ts'
import { longestPrefixTable } from '../../../../src/base/net/longest-prefix.ts'
import { contains, formatPrefix } from '../../../../src/base/net/prefix.ts'
import { address, prefix, prefixes } from './nets.ts'

test('the longest prefix wins, and of equal ones the later', () => {
  const table = longestPrefixTable([
    { prefix: prefix('0.0.0.0/0'), value: 'internet' },
    { prefix: prefix('10.0.0.0/8'), value: 'none' },
    { prefix: prefix('10.2.0.0/16'), value: 'vnet' },
    { prefix: prefix('10.2.2.0/24'), value: 'first' },
    { prefix: prefix('10.2.2.0/24'), value: 'second' },
    { prefix: prefix('10.2.2.4/32'), value: undefined },
  ])
  const rows: [text: string, matched: string, value: string | undefined][] = [
    ['8.8.8.8', '0.0.0.0/0', 'internet'],
    ['10.9.0.1', '10.0.0.0/8', 'none'],
    ['10.2.255.255', '10.2.0.0/16', 'vnet'],
    ['10.2.2.5', '10.2.2.0/24', 'second'],
    ['10.2.2.4', '10.2.2.4/32', undefined],
    ['255.255.255.255', '0.0.0.0/0', 'internet'],
  ]
  for (const [text, matched, value] of rows) {
    const read = parseAddress(text)
    assert(read.ok)
    const found = table.lookup(read.value)
    assert(found, text)
    assert.deepEqual([formatPrefix(found.prefix), found.value], [matched, value], text)
  }
  assert.equal(longestPrefixTable([{ prefix: prefix('10.0.0.0/8'), value: 1 }]).lookup(0x0b000000), undefined)
})

test('a look-up agrees with trying every entry', () => {
  fc.assert(
    fc.property(fc.array(prefixes, { maxLength: 20 }), address, (list, x) => {
      const found = longestPrefixTable(list.map(prefix => ({ prefix, value: formatPrefix(prefix) }))).lookup(x)
      const matches = list.filter(entry => contains(entry, x)).toSorted((a, b) => b.length - a.length)
      assert.equal(found?.value, matches[0] && formatPrefix(matches[0]))
    }),
    { numRuns: 500 },
  )
})
