import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json, JsonObject } from '../../../../src/base/template/json.ts'
import { expanded, given, refusals, template } from './templates.ts'

/** The value of parameter `p` so declared, or what is said against it. */
function bound(declaration: JsonObject, parameters: JsonObject, definitions: JsonObject = {}): Json | string {
  const source = template({ definitions, parameters: { p: declaration } })
  const [refusal] = refusals(source, parameters)
  if (refusal !== undefined) return refusal
  const shown = expanded(source, parameters).parameters.p as JsonObject
  return shown.value ?? null
}

test('values that are taken', () => {
  const rows: [declaration: JsonObject, value: Json | undefined, bound: Json][] = [
    [{ type: 'string' }, 'x', 'x'],
    [{ type: 'STRING' }, '', ''],
    [{ type: 'int', minValue: 1, maxValue: 3 }, 3, 3],
    [{ type: 'bool' }, false, false],
    [{ type: 'array', minLength: 1 }, [1], [1]],
    [{ type: 'object' }, { a: null }, { a: null }],
    [{ type: 'string', defaultValue: 'd' }, undefined, 'd'],
    [{ type: 'string', defaultValue: 'd' }, null, 'd'],
    [{ type: 'string', nullable: true }, undefined, null],
    [{ type: 'string', nullable: true, defaultValue: 'd' }, null, 'd'],
    [{ type: 'string', defaultValue: "[concat('a', 'b')]" }, undefined, 'ab'],
    [{ type: 'object', defaultValue: { a: ['[resourceGroup().location]'] } }, undefined, { a: ['eastus'] }],
    [{ type: 'string', defaultValue: '[newGuid()]' }, undefined, '00000000-0000-4000-8000-000000000001'],
    [{ type: 'string' }, '[not(an expression)]', '[not(an expression)]'],
    [{ type: 'string', allowedValues: ['EastUS', 'WestUS'] }, 'eastus', 'eastus'],
    [{ type: 'array', allowedValues: [1, 2, 3] }, [3, 1], [3, 1]],
    [{ type: 'array', allowedValues: [[1, 2], [3]] }, [1, 2], [1, 2]],
    // A default of the wrong type does no harm while a value is given (alz-vnet-peering declares such).
    [{ type: 'String', defaultValue: false }, 'x', 'x'],
  ]
  for (const [declaration, value, expected] of rows) {
    assert.deepEqual(
      bound(declaration, value === undefined ? {} : given({ P: value })),
      expected,
      JSON.stringify(declaration),
    )
  }
})

test('values that are refused', () => {
  const rows: [declaration: JsonObject, given: JsonObject, refusal: RegExp][] = [
    [
      { type: 'int' },
      given({ p: '5' }),
      /^parameters\.p: .*'p' is not valid. The type is not valid. Expected 'Integer'. Actual 'String'/,
    ],
    [{ type: 'int' }, given({ p: 1.5 }), /Expected 'Integer'. Actual 'Float'/],
    [{ type: 'bool' }, given({ p: 'true' }), /Expected 'Boolean'. Actual 'String'/],
    [{ type: 'object' }, given({ p: [] }), /Expected 'Object'. Actual 'Array'/],
    [{ type: 'string', defaultValue: false }, {}, /Expected 'String'. Actual 'Boolean'/],
    [{ type: 'int', minValue: 1 }, given({ p: 0 }), /less than the minimum of 1/],
    [{ type: 'int', maxValue: 30 }, given({ p: 31 }), /greater than the maximum of 30/],
    [{ type: 'string', minLength: 3 }, given({ p: 'ab' }), /length is less than the minimum of 3/],
    [{ type: 'securestring', maxLength: 3 }, given({ p: 'abcd' }), /length is greater than the maximum of 3/],
    [{ type: 'array', maxLength: 1 }, given({ p: [1, 2] }), /length is greater than the maximum of 1/],
    [
      { type: 'string', allowedValues: ['stamp1', 'stamp2'] },
      given({ p: 'stamp3' }),
      /not part of the allowed value\(s\): 'stamp1,stamp2'/,
    ],
    [{ type: 'array', allowedValues: [1, 2, 3] }, given({ p: [1, 4] }), /not part of the allowed value\(s\): '1,2,3'/],
    [{ type: 'string' }, {}, /^parameters: .*The value for the template parameters 'p' is not provided/],
    [{ type: 'string' }, given({ p: null }), /'p' is not provided/],
    [{ type: 'string' }, { p: 'bare' }, /It must be an object with a value/],
    [{ type: 'string' }, { p: {} }, /It has no 'value'/],
    [{ type: 'string' }, { p: { reference: { keyVault: {}, secretName: 's' } } }, /key vault are not supported/],
    [{ type: 'strng' }, given({ p: 'x' }), /^parameters\.p: .*no valid type; did you mean 'String'/],
    [{}, given({ p: 'x' }), /has no valid type/],
    [{ $ref: '#/definitions/none' }, given({ p: 'x' }), /\$ref names no definition/],
    [
      { type: 'string', defaultValue: "[parameters('p')]" },
      {},
      /the default value of the parameter 'p' depends on itself/,
    ],
    [{ type: 'string', defaultValue: "[variables('v')]" }, {}, /the template has no variable of that name/],
  ]
  for (const [declaration, parameters, refusal] of rows) {
    assert.match(String(bound(declaration, parameters)), refusal, JSON.stringify(declaration))
  }
})

test('all that is missing and all that is unknown is listed at once', () => {
  const source = template({
    parameters: { name: { type: 'string' }, size: { type: 'int' }, zone: { type: 'int', defaultValue: 1 } },
  })
  const [unknown, missing, ...none] = refusals(source, given({ nmae: 'x', other: 1 }))
  assert.match(
    unknown ?? '',
    /'nmae, other' in the parameters file are not valid; .* The only supported parameters for this template are 'name, size, zone'/,
  )
  assert.match(missing ?? '', /'name, size' is not provided/)
  assert.deepEqual(none, [])
})

test('secure values are told nowhere', () => {
  const secret = 'S3CRET'
  const parameters = { key: { type: 'secureString' }, box: { type: 'secureObject' } }
  const values = given({ key: secret, box: { inner: secret } })
  assert.deepEqual(expanded(template({ parameters }), values).parameters, {
    key: { type: 'SecureString' },
    box: { type: 'SecureObject' },
  })
  for (const constraint of [{ allowedValues: ['a'] }, { minLength: 50 }, { maxLength: 1 }]) {
    const said = refusals(
      template({ parameters: { key: { type: 'securestring', ...constraint } } }),
      given({ key: secret }),
    )
    assert.equal(said.length, 1)
    assert.ok(!said.join().includes(secret), said.join())
  }
})

test('types of definitions', () => {
  const definitions = {
    subnet: {
      type: 'object',
      properties: {
        name: { type: 'string' },
        prefix: { type: 'string', nullable: true },
        policy: { $ref: '#/definitions/policy' },
      },
      additionalProperties: false,
    },
    policy: { type: 'string', allowedValues: ['Enabled', 'Disabled'], nullable: true },
    tree: {
      type: 'object',
      properties: { children: { type: 'array', items: { $ref: '#/definitions/tree' }, nullable: true } },
    },
    shape: {
      type: 'object',
      discriminator: {
        propertyName: 'kind',
        mapping: {
          square: { type: 'object', properties: { side: { type: 'int' } } },
          circle: { type: 'object', properties: { radius: { type: 'int' } } },
        },
      },
    },
    pair: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'int' }], items: { type: 'bool' } },
    loop: { $ref: '#/definitions/loop' },
  }
  const list = { type: 'array', items: { $ref: '#/definitions/subnet' }, nullable: true }
  const rows: [declaration: JsonObject, value: Json, refusal: RegExp | undefined][] = [
    [list, [{ name: 'a' }, { name: 'b', prefix: null, policy: 'enabled' }], undefined],
    [list, [{ name: 'a' }, { prefix: 'x' }], /The required property '\[1\]\.name' is missing/],
    [list, [{ name: 'a', policy: 'Perhaps' }], /At \[0\]\.policy: It is not part of the allowed/],
    [list, [{ name: 'a', colour: 'red' }], /The property '\[0\]\.colour' is not allowed/],
    [list, [{ name: 1 }], /At \[0\]\.name: The type is not valid. Expected 'String'. Actual 'Integer'/],
    [{ $ref: '#/definitions/tree' }, { children: [{ children: [] }] }, undefined],
    [
      { $ref: '#/definitions/tree' },
      { children: [{ children: [1] }] },
      /At children\[0\]\.children\[0\]: .*Expected 'Object'/,
    ],
    [{ $ref: '#/definitions/shape' }, { kind: 'circle', radius: 1 }, undefined],
    [{ $ref: '#/definitions/shape' }, { kind: 'circle', side: 1 }, /required property 'radius' is missing/],
    [{ $ref: '#/definitions/shape' }, { kind: 'star' }, /'kind' must be one of 'square,circle'/],
    [{ $ref: '#/definitions/pair' }, ['a', 1, true], undefined],
    [{ $ref: '#/definitions/pair' }, ['a', 'b'], /At \[1\]: .*Expected 'Integer'/],
    [{ $ref: '#/definitions/loop' }, 1, /\$ref names no definition/],
    [{ type: 'object', additionalProperties: { type: 'int' } }, { a: 1, b: 'x' }, /At b: .*Expected 'Integer'/],
  ]
  for (const [declaration, value, refusal] of rows) {
    const got = bound(declaration, given({ p: value }), definitions)
    if (refusal) assert.match(String(got), refusal)
    else assert.deepEqual(got, value)
  }
})

test('defaults use each other in any order', () => {
  const parameters = {
    c: { type: 'string', defaultValue: "[concat(parameters('b'), '!')]" },
    b: { type: 'string', defaultValue: "[toUpper(parameters('A'))]" },
    a: { type: 'string' },
  }
  const shown = expanded(template({ parameters }), given({ a: 'hi' })).parameters
  assert.deepEqual(shown.c, { type: 'String', value: 'HI!' })
})
