import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readJson } from '../../../../src/base/template/json-reader.ts'

const PROTOTYPE_KEY = JSON.parse('{"__proto__": {"polluted": true}}')

test('what is read', () => {
  const rows: [text: string, value: unknown][] = [
    ['{"a": [1, -2.5, 1e3, true, false, null, "x"]}', { a: [1, -2.5, 1000, true, false, null, 'x'] }],
    ['  "whole document"  ', 'whole document'],
    ['\uFEFF{}', {}],
    ['// line\n{ /* block */ "a" /* here */ : /* too */ 1 } // end', { a: 1 }],
    ['/* ** / * */ 1', 1],
    ['{"a": 1, "b": [1, 2,],}', { a: 1, b: [1, 2] }],
    ['{template: {$schema: 1, a_b-c: 2}}', { template: { $schema: 1, 'a_b-c': 2 } }],
    ["{'a': 'it''s'}", undefined],
    ["{'a': 'say \"hi\"'}", { a: 'say "hi"' }],
    ['{"location": "[\n   resourceGroup().location\n]"}', { location: '[\n   resourceGroup().location\n]' }],
    ['"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\\'"', '"\\/\b\f\n\r\tA\''],
    ['{"a": 1, "a": 2}', { a: 2 }],
    ['{"__proto__": {"polluted": true}}', PROTOTYPE_KEY],
    ['{"constructor": {"prototype": {}}}', { constructor: { prototype: {} } }],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    [`${'['.repeat(100)}${']'.repeat(100)}`, JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`)],
  ]
  for (const [text, value] of rows) {
    const read = readJson(text)
    if (value === undefined) assert.equal(read.ok, false, text)
    else assert.deepEqual(read.ok ? read.value.value : read.reason, value, text)
  }
  assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false)
})

test('what is refused, with its line and column', () => {
  const rows: [text: string, reason: string][] = [
    ['', 'line 1, column 1: a value is expected, not the end of the text'],
    ['{', 'line 1, column 2: a key is expected, not the end of the text'],
    ['{"a"\n 1}', 'line 2, column 2: ":" is expected after the key, not "1"'],
    ['{"a": 1\n\n  "b": 2}', 'line 3, column 3: "," or "}" is expected, not "\\""'],
    ['[1 2]', 'line 1, column 4: "," or "]" is expected, not "2"'],
    ['[,]', 'line 1, column 2: a value is expected, not ","'],
    ['{} {}', 'line 1, column 4: the document ends before "{"'],
    ['{"a": undefined}', 'line 1, column 7: a value is expected, not "u"'],
    ['{"a": True}', 'line 1, column 7: a value is expected, not "T"'],
    ['{"a":\n"open}', 'line 2, column 1: this string has no end'],
    ['"\\x"', 'line 1, column 2: "\\x" is not an escape; a backslash is written "\\\\"'],
    ['"\\u12"', 'line 1, column 2: "\\u" must be followed by four hexadecimal digits'],
    ['/* open', 'line 1, column 1: this comment has no end, or "/" stands alone'],
    ['01', 'line 1, column 1: 0 is followed by "1"'],
    ['1.', 'line 1, column 1: 1 is followed by "."'],
    ['0x10', 'line 1, column 1: 0 is followed by "x"'],
    ['9007199254740993', 'line 1, column 1: 9007199254740993 is too large to be held exactly'],
    ['1e999', 'line 1, column 1: 1e999 is too large to be held exactly'],
    ['['.repeat(200_000), 'line 1, column 102: values are nested more than 100 deep'],
    ['😀', 'line 1, column 1: a value is expected, not "😀"'],
  ]
  for (const [text, reason] of rows) {
    const read = readJson(text)
    assert.equal(read.ok ? 'it was read' : read.reason, reason, text.slice(0, 40))
  }
})

test('a path is found again in the text', () => {
  const text = '{\n  "resources": [\n    {"name": "a"},\n    {"tags": {"x y": 1}, "name": "b"}\n  ]\n}'
  const read = readJson(text)
  assert(read.ok)
  const rows: [path: string, place: string | undefined][] = [
    ['resources', '2:16'],
    ['resources[1].name', '4:34'],
    ["resources[1].tags['x y']", '4:22'],
    ['resources[2]', undefined],
  ]
  for (const [path, place] of rows) {
    const found = read.value.locate(path)
    assert.equal(found && `${found.line}:${found.column}`, place, path)
  }
})

test('strict JSON is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), text => {
      fc.pre(!/\d{16}/.test(text)) // integers that a double cannot hold are refused
      const read = readJson(text)
      assert.deepEqual(read.ok ? read.value.value : read.reason, JSON.parse(text))
    }),
  )
})

test('any text is read or refused', () => {
  const fragment = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    ':',
    ',',
    '//',
    '/*',
    '*/',
    '\\',
    '1',
    'a',
    ' ',
    '\n',
    '\u0000',
  )
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 30 }), fragments => {
      const read = readJson(fragments.join(''))
      if (!read.ok) assert.match(read.reason, /^line \d+, column \d+: ./)
    }),
    { numRuns: 2000 },
  )
})

test('time is linear in hostile text', () => {
  const million = 1_000_000
  const hostile = ['{"a":', '/*', '/* *', '//', ' ', '"\\u0041', "'", '0,', '1e1', '{"":1,', '[[],', '\\'].map(text =>
    text.repeat(million / text.length),
  )
  const started = performance.now()
  for (const text of hostile) for (const prefix of ['', '[', '"']) readJson(prefix + text)
  // About 36 million characters: 2 s on a slow core when linear, hours when quadratic.
  assert.ok(performance.now() - started < 20_000)
})
