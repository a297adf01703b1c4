import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { evaluateText } from '../../../../src/base/template/evaluator.ts'
import { escapeText, isExpression } from '../../../../src/base/template/expression.ts'
import { ExpressionError } from '../../../../src/base/template/expression-error.ts'
import { parseExpression } from '../../../../src/base/template/parser.ts'
import { environment, result } from './environment.ts'

test('which strings are expressions, and what the others stand for', () => {
  const rows: [text: string, value: unknown][] = [
    ['plain', 'plain'],
    ['', ''],
    ['[add(1, 2)]', 3],
    ['[[add(1, 2)]', '[add(1, 2)]'],
    ['[[[x]]', '[[x]]'],
    ['[test] value', '[test] value'],
    ['[[test] value', '[[test] value'],
    [' [add(1, 2)]', ' [add(1, 2)]'],
    ['[\n  add(\n 1,\t2 )\n]', 3],
    ["['it''s']", "it's"],
    ["['']", ''],
    ["['line\nbreak']", 'line\nbreak'],
    ['[ -5 ]', -5],
  ]
  for (const [text, value] of rows) assert.deepEqual(evaluateText(text, environment()), value, text)
})

test('access to members and elements', () => {
  const parameters = { net: { Subnets: [{ name: 'a' }, { name: 'b' }], 'odd key': 7, none: null } }
  const rows: [expression: string, value: unknown][] = [
    ["parameters('net').Subnets[1].name", 'b'],
    ["parameters('NET').subnets[0]['NAME']", 'a'],
    ["parameters('net')['odd key']", 7],
    ["parameters('net').none", null],
    ["Parameters('net').subnets[sub(length(parameters('net').subnets), 1)].name", 'b'],
    ["createObject('a', createArray(1, 2)).a[1]", 2],
  ]
  for (const [expression, value] of rows)
    assert.deepEqual(result(expression, environment(parameters)), value, expression)
})

test('what is wrong is told with its place', () => {
  const rows: [expression: string, message: RegExp][] = [
    ['', /^ERROR at 1: a function call, a string or an integer is expected, not the end/],
    ['add(1, 2', /^ERROR at 9: "," or "\)" is expected, not the end/],
    ['add(1 2)', /^ERROR at 7: "," or "\)" is expected, not "2"/],
    ['add(1,)', /^ERROR at 7: a function call, a string or an integer is expected, not "\)"/],
    ['add(1, 2))', /^ERROR at 10: the end of the expression is expected, not "\)"/],
    ["'open", /^ERROR at 1: the string that begins here has no closing quote/],
    ['location', /^ERROR at 1: "location" is not a function call: parentheses or, for text, quotes are missing/],
    ['a.b', /^ERROR at 1: "b" is not a function call/],
    ['add(1, 2)(3)', /^ERROR at 10: only a function can be called/],
    ['add(1, 2).', /^ERROR at 11: a property name is expected/],
    ['1 + 2', /^ERROR at 3: "\+" is not expected/],
    ['1.5', /^ERROR at 2: a property name|^ERROR at 3: a property name/],
    ['99999999999999999999', /^ERROR at 1: this integer is too large/],
    ['cocnat(1)', /^ERROR at 1: the template function 'cocnat' is not valid; did you mean 'concat'\?/],
    ['zzzzzzzz()', /^ERROR at 1: the template function 'zzzzzzzz' is not valid$/],
    ['add(1)', /^ERROR at 1: the template function 'add' takes 2 argument\(s\), and 1 are given/],
    ['guid()', /takes at least 1 argument\(s\), and 0 are given/],
    [
      "add(1, 'x')",
      /^ERROR at 1: the template function 'add' cannot be evaluated: argument 2 must be an integer, and it is of type String/,
    ],
    ["concat('a', add(1, 'x'))", /^ERROR at 13: the template function 'add'/],
    [
      "createObject('name', 1).nmae",
      /^ERROR at 25: the property 'nmae' doesn't exist, available properties are 'name'; did you mean 'name'\?/,
    ],
    ['createArray(1, 2)[2]', /^ERROR at 19: the index is outside the array, which has 2 elements/],
    ['createArray(1, 2)[-1]', /the index is outside the array/],
    ["createArray(1, 2)['a']", /cannot be read from a value of type Array by a key of type String/],
    ['null().a', /'a' cannot be read from a value of type Null/],
    ["parameters('locaton')", /the template has no parameter of that name; did you mean 'location'\?/],
    ['contoso.make(1)', /'contoso.make' cannot be evaluated: the template declares no such function/],
  ]
  for (const [expression, message] of rows) {
    assert.match(String(result(expression, environment({ location: 'eastus' }))), message, expression)
  }
})

test('no message quotes a computed value', () => {
  const secret = 'S3CRET'
  const expressions = [
    "int(parameters('p'))",
    "bool(parameters('p'))",
    "json(concat('{', parameters('p')))",
    "base64ToString(parameters('p'))",
    "dateTimeAdd(parameters('p'), 'P1D')",
    "dateTimeAdd('2020-01-01', parameters('p'))",
    "createObject('a', 1)[parameters('p')]",
    "parameters(parameters('p'))",
    "variables(parameters('p'))",
    "resourceId(parameters('p'), 'x')",
    "uri(parameters('p'), 'x')",
    "parseCidr(parameters('p'))",
    "tryGet(createObject('a', 1), 'a', parameters('p'))",
    "copyIndex(parameters('p'))",
    "uriComponentToString(concat('%', parameters('p')))",
    "format('{0:Q}', parameters('p'), add(parameters('p'), 1))",
  ]
  for (const expression of expressions) {
    const message = String(result(expression, environment({ p: secret })))
    assert.match(message, /^ERROR/, expression)
    assert.ok(!message.includes(secret), `${expression}: ${message}`)
  }
})

test('length and depth are bounded', () => {
  const rows: [text: string, message: RegExp][] = [
    [`['${'x'.repeat(25_000)}']`, /25004 characters long; the limit is 24576/],
    [`[${'not('.repeat(200)}true()${')'.repeat(200)}]`, /nested more than 100 deep/],
    [`[parameters('a')${'.b'.repeat(200)}]`, /nested more than 100 deep/],
    [`[parameters('a')${'[0]'.repeat(8000)}]`, /nested more than 100 deep/],
    [`[${'parameters('.repeat(2000)}]`, /nested more than 100 deep/],
  ]
  for (const [text, message] of rows) assert.throws(() => parseExpression(text), message, text.slice(0, 40))
})

test('an escaped text evaluates to itself', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('[', ']', 'a', "'", '(', ')', ' ')).map(parts => parts.join('')),
      text => {
        const escaped = escapeText(text)
        assert.equal(isExpression(escaped), false)
        if (isExpression(text)) assert.equal(evaluateText(escaped, environment()), text)
      },
    ),
  )
})

test('any text parses or is refused within it', () => {
  const fragment = fc.constantFrom('concat', 'a', '(', ')', '[', ']', '.', ',', "'", "''", '1', '-', ' ', '\n', '{')
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 30 }), fragments => {
      const text = `[${fragments.join('')}]`
      try {
        parseExpression(text)
      } catch (error) {
        assert(error instanceof ExpressionError, String(error))
        assert.ok(error.at !== undefined && error.at >= 0 && error.at < text.length, `${error.at} in ${text}`)
      }
    }),
    { numRuns: 3000 },
  )
})
