import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { covers, formatPrefix, prefixOf } from '../../../../src/base/net/prefix.ts'
import {
  type AddressSet,
  EMPTY_SET,
  includes,
  intersect,
  setOf,
  subtract,
  toPrefixes,
  union,
} from '../../../../src/base/net/prefix-set.ts'
import { address, nets, prefixes } from './nets.ts'

const text = (set: AddressSet) => toPrefixes(set).map(formatPrefix).join(' ')

test('the algebra on small cases', () => {
  const rows: [a: string, operation: typeof union, b: string, result: string][] = [
    ['10.0.0.0/25', union, '10.0.0.128/25', '10.0.0.0/24'],
    ['10.0.0.0/8', union, '10.1.0.0/16', '10.0.0.0/8'],
    ['10.0.0.0/24 10.0.2.0/24', union, '10.0.1.0/24', '10.0.0.0/23 10.0.2.0/24'],
    ['10.0.0.0/8', intersect, '10.1.0.0/16 11.0.0.0/8', '10.1.0.0/16'],
    ['10.0.0.0/8', intersect, '11.0.0.0/8', ''],
    ['10.0.0.0/30', subtract, '10.0.0.1/32', '10.0.0.0/32 10.0.0.2/31'],
    ['0.0.0.0/0', subtract, '0.0.0.0/1', '128.0.0.0/1'],
    ['10.0.0.0/24 10.0.2.0/24', subtract, '10.0.0.128/25 10.0.2.0/25', '10.0.0.0/25 10.0.2.128/25'],
    ['10.0.0.0/24 10.0.2.0/24', subtract, '10.0.0.0/22', ''],
    ['10.0.0.0/24', subtract, '', '10.0.0.0/24'],
  ]
  for (const [a, operation, b, result] of rows) {
    assert.equal(text(operation(setOf(nets(a)), setOf(nets(b)))), result, `${a} ${operation.name} ${b}`)
  }
})

const sets = fc.array(prefixes, { maxLength: 8 }).map(setOf)

test('membership follows the operations', () => {
  fc.assert(
    fc.property(sets, sets, address, (a, b, x) => {
      assert.equal(includes(union(a, b), x), includes(a, x) || includes(b, x))
      assert.equal(includes(intersect(a, b), x), includes(a, x) && includes(b, x))
      assert.equal(includes(subtract(a, b), x), includes(a, x) && !includes(b, x))
    }),
    { numRuns: 500 },
  )
})

test('the laws of sets hold exactly, because the form is unique', () => {
  fc.assert(
    fc.property(sets, sets, sets, (a, b, c) => {
      assert.deepEqual(union(a, b), union(b, a))
      assert.deepEqual(intersect(a, union(b, c)), union(intersect(a, b), intersect(a, c)))
      assert.deepEqual(subtract(a, union(b, c)), subtract(subtract(a, b), c))
      assert.deepEqual(union(subtract(a, b), intersect(a, b)), a)
      assert.deepEqual(intersect(subtract(a, b), b), EMPTY_SET)
    }),
    { numRuns: 500 },
  )
})

test('prefixes rebuild the set and are the fewest', () => {
  fc.assert(
    fc.property(sets, set => {
      const list = toPrefixes(set)
      assert.deepEqual(setOf(list), set)
      for (const prefix of list.filter(({ length }) => length > 0)) {
        const wider = prefixOf(prefix.first, prefix.length - 1)
        const halves = list.filter(other => other.length === prefix.length && covers(wider, other))
        assert.equal(halves.length, 1, 'two halves would be one prefix')
      }
    }),
    { numRuns: 500 },
  )
})
