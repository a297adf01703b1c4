/** Every function by example: the documented results where Azure's pages give them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { functionNames } from '../../../../src/base/template/functions/registry.ts'
import type { Json } from '../../../../src/base/template/json.ts'
import { SUBSCRIPTION } from './azure.ts'
import { environment, result } from './environment.ts'

type Row = readonly [expression: string, value: Json | RegExp]

const rg = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg1`
const other = '11068ed9-6c31-4a47-8183-4eca6d84bb32'

const families: Readonly<Record<string, readonly Row[]>> = {
  array: [
    ["array('a')", ['a']],
    ['array(createArray(1))', [1]],
    ['createArray()', []],
    ["concat('a', 'b', 3, true())", 'ab3True'],
    ['concat(createArray(1), createArray(2, 3))', [1, 2, 3]],
    ["concat('a', createArray(1))", /argument 2 must be a string, as argument 1 is/],
    ["concat(createArray(1), 'a')", /argument 2 must be an array/],
    ["contains('OneTwoThree', 'One')", true],
    ["contains('OneTwoThree', 'one')", false],
    ["contains(createObject('One', 1), 'one')", true],
    ["contains(createArray('a'), 'A')", false],
    ["contains(createArray(createObject('a', 1)), createObject('a', 1))", true],
    ['contains(createArray(1, 2), 2)', true],
    ['empty(null())', true],
    ["empty('')", true],
    ['empty(createArray())', true],
    ['empty(createObject())', true],
    ["empty(' ')", false],
    ['empty(1)', /argument 1 must be an array, an object or a string/],
    ["length('abc')", 3],
    ["length(createObject('a', 1, 'b', 2))", 2],
    ["first('One')", 'O'],
    ["first('')", ''],
    ['first(createArray())', null],
    ['last(createArray(1, 2))', 2],
    ["last('One')", 'e'],
    ['range(5, 3)', [5, 6, 7]],
    ['range(0, 0)', []],
    ['range(0, 10001)', /argument 2 must be from 0 to 10000/],
    ['range(0, -1)', /argument 2 must be from 0 to 10000/],
    ['range(2147483000, 1000)', /must not pass 2147483647/],
    ['skip(createArray(1, 2, 3), 2)', [3]],
    ["skip('one two', 4)", 'two'],
    ["skip('one', -1)", 'one'],
    ["take('one two', 3)", 'one'],
    ['take(createArray(1, 2), 9)', [1, 2]],
    ['take(createArray(1, 2), -1)', []],
    ['flatten(createArray(createArray(0, 1), createArray(2)))', [0, 1, 2]],
    ['flatten(createArray(1))', /argument 1 must be an array of arrays/],
    ["distinct(createArray(1, '1', 1, createArray(2), createArray(2)))", [1, '1', [2]]],
    ["indexOf('FOOBAR', 'bar')", 3],
    ["indexOf(createArray('FOO', 'BAR'), 'BAR')", 1],
    ["indexOf(createArray('FOO'), 'foo')", -1],
    ["lastIndexOf('test', 't')", 3],
    ['lastIndexOf(createArray(1, 2, 1), 1)', 2],
    ["union(createArray('one', 'two'), createArray('two', 'three'))", ['one', 'two', 'three']],
    ["union(createObject('one', 'a', 'three', 'c1'), createObject('three', 'c2'))", { one: 'a', three: 'c2' }],
    [
      'union(json(\'{"p": {"one": 1, "two": 2}, "n": [1]}\'), json(\'{"p": {"two": 3}, "n": [2]}\'))',
      { p: { one: 1, two: 3 }, n: [2] },
    ],
    ["union(createObject('A', 1), createObject('a', 2))", { A: 2 }],
    ["intersection(createArray('one', 'two', 'three'), createArray('two', 'three'))", ['two', 'three']],
    [
      "intersection(createObject('one', 'a', 'two', 'b', 'three', 'c'), createObject('one', 'a', 'two', 'z', 'three', 'c'))",
      { one: 'a', three: 'c' },
    ],
    ['indexFromEnd(createArray(1, 2, 3), 1)', 3],
    ['indexFromEnd(createArray(1), 2)', /argument 2 is not a place in the array/],
    ['tryIndexFromEnd(createArray(1), 2)', null],
    ['tryIndexFromEnd(createArray(1, 2), 2)', 1],
  ],
  cidr: [
    [
      "parseCidr('10.144.0.0/20')",
      {
        network: '10.144.0.0',
        netmask: '255.255.240.0',
        broadcast: '10.144.15.255',
        firstUsable: '10.144.0.1',
        lastUsable: '10.144.15.254',
        cidr: 20,
      },
    ],
    ["parseCidr('10.0.0.1/33')", /must be an IPv4 network/],
    ["cidrSubnet('10.144.0.0/20', 24, 4)", '10.144.4.0/24'],
    ["cidrSubnet('10.144.0.0/20', 24, 16)", /argument 3 must be from 0 to 15/],
    ["cidrSubnet('10.144.0.0/20', 19, 0)", /argument 2 must be from 20 to 32/],
    ["cidrSubnet('0.0.0.0/0', 32, 4294967295)", '255.255.255.255/32'],
    ["cidrHost('10.144.3.0/24', 0)", '10.144.3.1'],
    ["cidrHost('10.144.3.0/24', 4)", '10.144.3.5'],
    ["cidrHost('10.144.3.0/24', 254)", /past the last usable/],
    ["cidrHost('10.0.0.0/31', 1)", '10.0.0.1'],
  ],
  comparison: [
    ['coalesce(null(), null(), 1)', 1],
    ["coalesce(null(), '', 1)", ''],
    ['coalesce(null())', null],
    ["coalesce('a', fail('not evaluated'))", 'a'],
    ["equals('demo', 'Demo')", false],
    ["equals(1, '1')", false],
    ['equals(createArray(1, 2), createArray(1, 2))', true],
    ["equals(createObject('a', 'b', 'c', 1), createObject('c', 1, 'a', 'b'))", true],
    ["equals(createObject('a', null()), createObject('b', null()))", false],
    ['equals(null(), null())', true],
    ['less(1, 2)', true],
    ["less('A', 'a')", false],
    ['lessOrEquals(2, 2)', true],
    ["lessOrEquals('A', 'a')", false],
    ['greater(1, 2)', false],
    ["greater('A', 'a')", true],
    ["greaterOrEquals('A', 'a')", true],
    ["less(1, 'a')", /argument 2 must be an integer/],
  ],
  date: [
    ["dateTimeAdd('2020-04-07 14:53:14Z', 'P3Y')", '4/7/2023 2:53:14 PM'],
    ["dateTimeAdd('2020-04-07 14:53:14Z', '-P9D')", '3/29/2020 2:53:14 PM'],
    ["dateTimeAdd('2020-04-07 14:53:14Z', 'PT1H')", '4/7/2020 3:53:14 PM'],
    ["dateTimeAdd('2020-04-07T14:53:14Z', 'PT1H')", '2020-04-07T15:53:14Z'],
    ["dateTimeAdd('20200407T145314Z', 'PT1H', 'u')", '2020-04-07 15:53:14Z'],
    ["dateTimeAdd('2020-01-31T00:00:00Z', 'P1M')", '2020-02-29T00:00:00Z'],
    ["dateTimeAdd('2020-04-07T14:53:14+02:00', 'PT0S', 'o')", '2020-04-07T12:53:14.0000000Z'],
    ["dateTimeAdd('4/7/2020 3:53:14 PM', 'P1W2DT3M4.5S', 's')", '2020-04-16T15:56:18'],
    ["dateTimeAdd('2020-02-30', 'P1D')", /argument 1 is not an ISO 8601 date/],
    ["dateTimeAdd('2020-01-01', '1 day')", /argument 2 is not an ISO 8601 duration/],
    ["dateTimeAdd('2020-01-01', 'P9999Y')", /not in the years 1 to 9999/],
    ['dateTimeFromEpoch(1683040573)', '2023-05-02T15:16:13Z'],
    ["dateTimeToEpoch('2023-05-02T15:16:13Z')", 1683040573],
    ['dateTimeFromEpoch(999999999999999)', /past the year 9999/],
    ['utcNow()', /only in the default value of a parameter/],
  ],
  deployment: [
    ["parameters('P')", 'value'],
    ["variables('x')", /the template has no variable of that name/],
    ['deployment().name', 'main'],
    ['environment()', /not available at the scope/],
    ['deployer()', /not available at the scope/],
  ],
  lambda: [
    [
      "map(createArray('Evie', 'Indy'), lambda('i', format('Hello {0}!', lambdaVariables('i'))))",
      ['Hello Evie!', 'Hello Indy!'],
    ],
    ["map(createArray('a', 'b'), lambda('x', 'i', lambdaVariables('i')))", [0, 1]],
    ["filter(range(0, 4), lambda('i', equals(0, mod(lambdaVariables('i'), 2))))", [0, 2]],
    ["filter(createArray('a', 'b', 'c'), lambda('x', 'i', equals(1, lambdaVariables('i'))))", ['b']],
    ["reduce(range(1, 5), 1, lambda('cur', 'next', mul(lambdaVariables('cur'), lambdaVariables('next'))))", 120],
    ["reduce(createArray(), 0, lambda('cur', 'next', lambdaVariables('cur')))", 0],
    [
      "sort(createArray(8, 3, 10, -13, 5), lambda('x', 'y', less(lambdaVariables('x'), lambdaVariables('y'))))",
      [-13, 3, 5, 8, 10],
    ],
    [
      "sort(createArray('ghi', 'abc', 'def'), lambda('x', 'y', greater(lambdaVariables('x'), lambdaVariables('y'))))",
      ['ghi', 'def', 'abc'],
    ],
    ["toObject(createArray(123, 456), lambda('i', string(div(lambdaVariables('i'), 100))))", { 1: 123, 4: 456 }],
    ["toObject(createArray(0), lambda('i', 'k'), lambda('i', add(lambdaVariables('i'), 1)))", { k: 1 }],
    [
      "groupBy(createArray(createObject('t', 'a', 'v', 1), createObject('t', 'b', 'v', 2), createObject('t', 'a', 'v', 3)), lambda('x', lambdaVariables('x').t), lambda('x', lambdaVariables('x').v))",
      { a: [1, 3], b: [2] },
    ],
    ["groupBy(createArray('x'), lambda('x', lambdaVariables('x')))", { x: ['x'] }],
    ["mapValues(createObject('a', 123, 'b', 456), lambda('v', mul(lambdaVariables('v'), 2)))", { a: 246, b: 912 }],
    [
      "map(createArray(1, 2), lambda('x', map(createArray(10), lambda('y', add(lambdaVariables('x'), lambdaVariables('y'))))))",
      [[11], [12]],
    ],
    ['map(createArray(1), add(1, 2))', /argument 2 must be a lambda/],
    ["map(createArray(1), lambda('a', 'b', 'c', 1))", /must have 1 or 2 variables/],
    ["map(createArray(1), lambda(concat('a'), 1))", /must be literal strings/],
    ["map(createArray(1), lambda('x', lambdaVariables('y')))", /no lambda around this place has that variable/],
    ["filter(createArray(1), lambda('x', 1))", /its lambda must give a boolean/],
    ["lambda('x', 1)", /expected only as an argument of map/],
  ],
  logical: [
    ['and(true(), true(), false())', false],
    ["and(false(), fail('not evaluated'))", false],
    ["or(true(), fail('not evaluated'))", true],
    ['not(equals(1, 2))', true],
    ["if(true(), 'yes', json('{not json'))", 'yes'],
    ["if(false(), json('{not json'), 'no')", 'no'],
    ["if('true', 1, 2)", /argument 1 must be a boolean/],
    ["and('a', true())", /argument 1 must be a boolean/],
    ["bool('true')", true],
    ["bool('False')", false],
    ['bool(1)', true],
    ['bool(0)', false],
    ["bool('yes')", /must be the text true or false/],
  ],
  numeric: [
    ['add(5, 3)', 8],
    ['sub(3, 5)', -2],
    ['mul(5, 3)', 15],
    ['div(8, 3)', 2],
    ['div(-8, 3)', -2],
    ['mod(7, 3)', 1],
    ['mod(-6, 3)', 0],
    ['div(1, 0)', /it divides by zero/],
    ['mod(1, 0)', /it divides by zero/],
    ['mul(9007199254740991, 2)', /too large to be held exactly/],
    ['min(0, 3, 2)', 0],
    ['max(createArray(0, 3, 2))', 3],
    ['min(createArray())', /argument 1 is an empty array/],
    ["max(1, 'a')", /argument 2 must be an integer/],
    ["int('4')", 4],
    ["int('-12')", -12],
    ["int('4.5')", /not the text of an integer/],
    ["int(json('4.9'))", 4],
    ["float('3.0')", 3],
    ["float('.5')", 0.5],
    ["float('x')", /not the text of a number/],
    ['copyIndex()', /not expected at this location/],
  ],
  object: [
    [
      "createObject('intProp', 1, 'boolProp', true(), 'arrayProp', createArray('a'), 'objectProp', createObject('key1', 'value1'))",
      { intProp: 1, boolProp: true, arrayProp: ['a'], objectProp: { key1: 'value1' } },
    ],
    ["createObject('a')", /pairs of a key and a value/],
    ['createObject(1, 2)', /argument 1 must be a string/],
    ["createObject('__proto__', 1)", JSON.parse('{"__proto__": 1}')],
    ['null()', null],
    [
      "items(createObject('b', 1, 'a', 2, 'A', 3))",
      [
        { key: 'a', value: 2 },
        { key: 'A', value: 3 },
        { key: 'b', value: 1 },
      ],
    ],
    ["objectKeys(createObject('b', 1, 'a', 2))", ['a', 'b']],
    [
      "shallowMerge(createArray(createObject('a', createObject('x', 1)), createObject('A', 2, 'b', 3)))",
      { a: 2, b: 3 },
    ],
    ['shallowMerge(createArray(1))', /argument 1 must be an array of objects/],
    ["tryGet(createObject('a', createObject('b', 1)), 'a', 'b')", 1],
    ["tryGet(createObject('a', 1), 'x', 'y', 'z')", null],
    ["tryGet(null(), 'x')", null],
    ['tryGet(createArray(1), 5)', null],
    ["tryGet(createObject('a', createObject()), 'a', 'b')", /argument 3 names nothing that is there/],
    ['json(\'{"a": [1.5, null]}\')', { a: [1.5, null] }],
    ["json('null')", null],
    ['json(\'"test"\')', 'test'],
    ['json(\'{"a":\')', /not the text of a JSON value/],
  ],
  resource: [
    ["resourceId('Microsoft.Network/virtualNetworks', 'v1')", `${rg}/providers/Microsoft.Network/virtualNetworks/v1`],
    [
      "resourceId('Microsoft.Network/virtualNetworks/subnets/', 'v1', 's1')",
      `${rg}/providers/Microsoft.Network/virtualNetworks/v1/subnets/s1`,
    ],
    ["resourceId('rg2', 'A.B/c', 'd')", `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg2/providers/A.B/c/d`],
    [`resourceId('${other}', 'rg2', 'A.B/c', 'd')`, `/subscriptions/${other}/resourceGroups/rg2/providers/A.B/c/d`],
    ["resourceId('Microsoft.Network/virtualNetworks/subnets', 'v1')", /takes 2 resource names, and 1 are given/],
    ["resourceId('a', 'b')", /none of its first three arguments is a resource type/],
    ["subscriptionResourceId('A.B/c', 'd')", `/subscriptions/${SUBSCRIPTION}/providers/A.B/c/d`],
    [`subscriptionResourceId('${other}', 'A.B/c', 'd')`, `/subscriptions/${other}/providers/A.B/c/d`],
    ["tenantResourceId('A.B/c', 'd')", '/providers/A.B/c/d'],
    [
      "managementGroupResourceId('mg1', 'A.B/c', 'd')",
      '/providers/Microsoft.Management/managementGroups/mg1/providers/A.B/c/d',
    ],
    ["managementGroupResourceId('A.B/c', 'd')", /not in a management group/],
    [
      "extensionResourceId(resourceGroup().Id, 'Microsoft.Authorization/locks', 'l1')",
      `${rg}/providers/Microsoft.Authorization/locks/l1`,
    ],
    ['resourceGroup().name', 'rg1'],
    ['subscription().subscriptionId', SUBSCRIPTION],
    ['managementGroup()', /not available at the scope/],
    ['tenant()', /not available at the scope/],
    ["reference('x')", /not expected at this location/],
    ["references('x')", /not expected at this location/],
    ["listKeys('x', '2020-01-01')", /'listKeys' cannot be evaluated: it is not expected at this location/],
    ["pickZones('a', 'b', 'c')", /it needs the zones of Azure regions, which is not available here/],
    ['toLogicalZone()', /not available here/],
    ['toLogicalZones()', /not available here/],
    ['toPhysicalZone()', /not available here/],
    ['toPhysicalZones()', /not available here/],
    ['providers()', /not available here/],
  ],
  string: [
    ["string(createObject('valueA', 10, 'valueB', 'Example Text'))", '{"valueA":10,"valueB":"Example Text"}'],
    ["string(createArray('a', 'b', 'c'))", '["a","b","c"]'],
    ['string(5)', '5'],
    ['string(true())', 'True'],
    ['string(null())', ''],
    [
      "format('{0}, {1}. Formatted number: {2:N0}', 'Hello', 'User', 8175133)",
      'Hello, User. Formatted number: 8,175,133',
    ],
    [
      'format(\'>{0}<>{1}<>{2}<>{3}<>{4}<\', false(), 12948, \'hello!\', json(\'{"a":"b","!c":2}\'), json(\'[true,2893,"abc"]\'))',
      ">False<>12948<>hello!<>{'a':'b','!c':2}<>[true,2893,'abc']<",
    ],
    ["format('{{{0}}}', 1)", '{1}'],
    ["format('{0,5}|{0,-5}|', 'ab')", '   ab|ab   |'],
    ["format('{0:D3} {0:000} {1:X2} {1:x4} {0:F1} {0:P0}', 7, 255)", '007 007 FF 00ff 7.0 700 %'],
    ["format('{0:Q}', 1)", /the number format 'Q' is not supported/],
    ["format('{1}', 1)", /names \{1\} and there is no such argument/],
    ["format('{0', 1)", /a brace that is not closed/],
    ["toLower('One')", 'one'],
    ["toUpper('One')", 'ONE'],
    ["trim('    one two three   ')", 'one two three'],
    ["startsWith('abcdef', 'AB')", true],
    ["endsWith('abcdef', 'eF')", true],
    ["endsWith('abcdef', 'e')", false],
    ["like('abcdef', 'A*F')", true],
    ["like('abcdef', 'a*c*f')", true],
    ["like('ab', 'ab*b')", false],
    ["like('abc', 'abc')", true],
    ["substring('one two three', 4, 3)", 'two'],
    ["substring('one two', 4)", 'two'],
    ["substring('abc', 2, 5)", /must lie within the string of 3 characters/],
    ["substring('abc', -1)", /must lie within the string/],
    ["replace('123-123-1234', '-', '')", '1231231234'],
    ["replace('123-123-1234', '1234', 'xxxx')", '123-123-xxxx'],
    ["replace('a', '', 'b')", /the text to replace, is empty/],
    ["split('one,two,three', ',')", ['one', 'two', 'three']],
    ["split('one;two,three', createArray(',', ';'))", ['one', 'two', 'three']],
    ["split('a.b|c', createArray('.', '|'))", ['a', 'b', 'c']],
    ["join(createArray('I', 'love', 'Bicep'), ' ')", 'I love Bicep'],
    ["join(createArray(1, true()), ',')", '1,True'],
    ["padLeft('123', 10, '0')", '0000000123'],
    ['padLeft(7, 3)', '  7'],
    ["padLeft('1', 5, 'ab')", /argument 3 must be one character/],
    [`uniqueString('${rg.replace('rg1', 'myRg')}')`, 'js26ofeqkqeve'],
    [`uniqueString('/subscriptions/${other}/resourceGroups/myRg')`, 'pwt7yebfrftwu'],
    ["uniqueString('test')", 'rbgf3xv4ufgzg'],
    ["uniqueString('a')", 'eveiun73364hy'],
    // A UUID of version 5 in Azure's namespace, as any implementation of RFC 9562 makes it.
    ["guid('test')", 'd6a5baf1-8b9b-542a-8525-2982f1f98a0c'],
    ["equals(guid('a', 'b'), guid('a-b'))", true],
    ['newGuid()', /only in the default value of a parameter/],
    ["base64('one, two, three')", 'b25lLCB0d28sIHRocmVl'],
    ["base64ToString('b25lLCB0d28sIHRocmVl')", 'one, two, three'],
    ["base64ToString('?')", /argument 1 is not base64/],
    ['base64ToJson(base64(\'{"one": "a"}\'))', { one: 'a' }],
    ["fail('because')", /'fail' cannot be evaluated: because/],
  ],
  uri: [
    ["uri('http://contoso.org/firstpath', 'myscript.sh')", 'http://contoso.org/myscript.sh'],
    ["uri('http://contoso.org/firstpath/', 'myscript.sh')", 'http://contoso.org/firstpath/myscript.sh'],
    ["uri('http://contoso.org/firstpath/', '/myscript.sh')", 'http://contoso.org/firstpath/myscript.sh'],
    ["uri('http://contoso.org/firstpath/azuredeploy.json', 'myscript.sh')", 'http://contoso.org/firstpath/myscript.sh'],
    [
      "uri('http://contoso.org/firstpath/azuredeploy.json/', 'myscript.sh')",
      'http://contoso.org/firstpath/azuredeploy.json/myscript.sh',
    ],
    ["uri('contoso', 'x')", /must be an absolute URI/],
    [
      "uriComponent('http://contoso.com/resources/nested/azuredeploy.json')",
      'http%3A%2F%2Fcontoso.com%2Fresources%2Fnested%2Fazuredeploy.json',
    ],
    ["uriComponent('a!b (c)*')", 'a%21b%20%28c%29%2A'],
    ["uriComponentToString('http%3A%2F%2Fcontoso.com')", 'http://contoso.com'],
    ["uriComponentToString('%')", /not URI-encoded text/],
    ["dataUri('Hello')", 'data:text/plain;charset=utf8;base64,SGVsbG8='],
    ["dataUriToString('data:;base64,SGVsbG8sIFdvcmxkIQ==')", 'Hello, World!'],
    ["dataUriToString('data:text/plain,a%20b')", 'a b'],
    ["dataUriToString('hello')", /not a data URI/],
  ],
}

for (const [family, rows] of Object.entries(families)) {
  test(`${family} functions`, () => {
    for (const [expression, expected] of rows) {
      const got = result(expression, environment({ p: 'value' }))
      if (expected instanceof RegExp) assert.match(String(got), expected, expression)
      else assert.deepEqual(got, expected, expression)
    }
  })
}

test('every function has an example', () => {
  const examples = Object.values(families)
    .flat()
    .map(([expression]) => expression.toLowerCase())
  const without = functionNames().filter(name => !examples.some(example => example.includes(`${name.toLowerCase()}(`)))
  assert.deepEqual(without, [])
})

test('utcNow and newGuid answer in defaults, in .NET formats', () => {
  const env = environment({}, { inDefault: true })
  const rows: [expression: string, value: string][] = [
    ['utcNow()', '20200407T145314Z'],
    ["utcNow('d')", '04/07/2020'],
    ["utcNow('M d')", '4 7'],
    ["utcNow('D')", 'Tuesday, 07 April 2020'],
    ["utcNow('f')", 'Tuesday, 07 April 2020 14:53'],
    ["utcNow('G')", '04/07/2020 14:53:14'],
    ["utcNow('r')", 'Tue, 07 Apr 2020 14:53:14 GMT'],
    ["utcNow('t')", '14:53'],
    ["utcNow('Y')", '2020 April'],
    ["utcNow('o')", '2020-04-07T14:53:14.1230000Z'],
    ["utcNow('yyyy-MM-dd hh:mm tt')", '2020-04-07 02:53 PM'],
    ["utcNow('yy MMM ddd fff zzz')", '20 Apr Tue 123 +00:00'],
    ["utcNow('''day ''d \\y %d')", 'day 7 y 7'],
    ['newGuid()', '00000000-0000-4000-8000-000000000001'],
  ]
  for (const [expression, value] of rows) assert.equal(result(expression, env), value, expression)
  assert.match(String(result("utcNow('q')", env)), /not one of the standard date formats/)
})

test('copyIndex means the nearest loop, or the one named', () => {
  const turns = [
    { name: 'vms', index: 2, kind: 'resource' as const },
    { name: 'disks', index: 5, kind: 'property' as const },
  ]
  const rows: [expression: string, value: number][] = [
    ['copyIndex()', 2],
    ['copyIndex(1)', 3],
    ["copyIndex('disks')", 5],
    ["copyIndex('DISKS', 10)", 15],
    ["copyIndex('vms')", 2],
  ]
  for (const [expression, value] of rows)
    assert.equal(result(expression, environment({}, { turns })), value, expression)
  assert.equal(result('copyIndex()', environment({}, { turns: turns.slice(1) })), 5)
  assert.match(String(result("copyIndex('nics')", environment({}, { turns }))), /no copy loop around this place/)
})

test('any call of any function answers JSON or an error with its place', () => {
  const literal = fc.constantFrom(
    ...["''", "'a'", "'Microsoft.A/b'", "'10.0.0.0/8'", "'2020-01-01T00:00:00Z'", "'P1D'", "'{0:N2}'", "'[1]'", "'%'"],
    ...['0', '1', '-1', '33', '9007199254740991', 'null()', 'true()', 'createArray()', 'createObject()', 'copyIndex()'],
    ...["createArray(1, 'a', null())", "createObject('a', 1, 'B', createArray(2))", "json('1.5')", "lambda('x', 'x')"],
  )
  const call = fc.letrec<{ expression: string; args: string[] }>(tie => ({
    args: fc.array(tie('expression'), { maxLength: 4 }),
    expression: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      literal,
      fc.tuple(fc.constantFrom(...functionNames()), tie('args')).map(([name, args]) => `${name}(${args.join(', ')})`),
    ),
  }))
  const turns = [{ name: 'a', index: 1, kind: 'resource' as const }]
  fc.assert(
    fc.property(call.expression, expression => {
      const got = result(expression, environment({ a: 1 }, { turns, inDefault: true }))
      assert.deepEqual(JSON.parse(JSON.stringify(got)), got, expression)
      if (typeof got === 'string' && got.startsWith('ERROR')) assert.match(got, /^ERROR at \d+: ./, expression)
    }),
    { numRuns: 3000 },
  )
})
