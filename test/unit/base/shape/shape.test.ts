import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  closed,
  defaulted,
  either,
  flag,
  int,
  listOf,
  mapOf,
  nullable,
  oneOf,
  parseJson,
  parseShape,
  text,
} from '../../../../src/base/shape/shape.ts'

const shape = closed({
  name: text(1, 5),
  port: defaulted(int(1), 22),
  kind: oneOf('a', 'b'),
  on: flag,
  of: nullable(text()),
  tags: mapOf(int()),
  list: listOf(closed({ x: int() })),
})
const good = { name: 'n', port: 1, kind: 'a', on: true, of: null, tags: { t: 1 }, list: [{ x: 1 }] }

const ROWS: readonly [string, unknown, string | null][] = [
  ['what it should be', good, null],
  ['a number for an object', 1, 'the value: an object is expected'],
  ['a list for an object', [], 'the value: an object is expected'],
  ['null for an object', null, 'the value: an object is expected'],
  ['a missing field', { ...good, name: undefined }, 'name: a string of 1 to 5 characters is expected'],
  ['a field more', { ...good, more: 1 }, 'the value: no field "more" is expected'],
  ['an inherited name', { ...good, constructor: 1 }, 'the value: no field "constructor" is expected'],
  ['a string too long', { ...good, name: 'secret' }, 'name: a string of 1 to 5 characters is expected'],
  ['a fraction', { ...good, port: 1.5 }, 'port: an integer is expected'],
  ['a number too small', { ...good, port: 0 }, 'port: an integer is expected'],
  ['an unknown choice', { ...good, kind: 'c' }, 'kind: "a" or "b" is expected'],
  ['a string for a flag', { ...good, on: 'true' }, 'on: true or false is expected'],
  ['a wrong value in a map', { ...good, tags: { t: 'x' } }, 'tags.t: an integer is expected'],
  ['a wrong item of a list', { ...good, list: [{ x: 1 }, { x: 'x' }] }, 'list[1].x: an integer is expected'],
]
for (const [name, value, refusal] of ROWS) {
  test(name, () => {
    const result = parseShape(shape, value)
    if (refusal === null) assert.deepEqual(result, { ok: true, value })
    else assert.equal(result.ok ? 'taken' : result.reason, refusal)
  })
}

test('a missing field with a standard is filled in', () => {
  const { port: _, ...without } = good
  const result = parseShape(shape, without)
  assert.deepEqual(result, { ok: true, value: { ...good, port: 22 } })
})

test('either takes the form that fits', () => {
  const forms = either(closed({ op: oneOf('a') }), closed({ op: oneOf('b'), x: int() }))
  assert.deepEqual(parseShape(forms, { op: 'b', x: 1 }), { ok: true, value: { op: 'b', x: 1 } })
  assert.equal(parseShape(forms, { op: 'b' }).ok, false)
})

test('text that is not JSON is refused, and not repeated', () => {
  assert.deepEqual(parseJson(shape, '{"pin":"1234'), { ok: false, reason: 'it is not JSON' })
})
