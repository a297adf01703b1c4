import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../../../../src/base/template/json.ts'
import { factsFor, MakeBelieveAzure, object } from './azure.ts'
import { bodyOf, expanded, given, refusals, template, vnet } from './templates.ts'

function nested(name: string, inner: JsonObject, more: JsonObject = {}, properties: JsonObject = {}): JsonObject {
  return {
    type: 'Microsoft.Resources/deployments',
    apiVersion: '2022-09-01',
    name,
    properties: { mode: 'Incremental', template: inner, ...properties },
    ...more,
  }
}

const INNER = { expressionEvaluationOptions: { scope: 'inner' } }

test('outer scope sees the parameters, variables and loops around it', () => {
  const source = template({
    parameters: { p: { type: 'string' } },
    variables: { v: ['x', 'y'] },
    resources: [
      nested(
        "[concat('d', copyIndex())]",
        template({
          parameters: { p: { type: 'string', defaultValue: 'inner' } },
          resources: [vnet("[concat(parameters('p'), variables('v')[copyIndex()])]")],
        }),
        { copy: { name: 'loop', count: 2 } },
      ),
    ],
  })
  const azure = new MakeBelieveAzure()
  azure.deploy(source, given({ p: 'outer-' }), factsFor())
  assert.deepEqual(
    azure.deployed.map(id => id.split('/').at(-1)),
    ['outer-x', 'outer-y'],
  )
})

test('inner scope sees what it is given, and is left as it is written', () => {
  const inner = template({
    parameters: { p: { type: 'string' } },
    resources: [vnet("[parameters('p')]")],
    outputs: { name: { type: 'string', value: "[concat(parameters('p'), '!')]" } },
  })
  const source = template({
    parameters: { p: { type: 'string' } },
    resources: [nested('d', inner, {}, { ...INNER, parameters: { p: { value: "[toUpper(parameters('p'))]" } } })],
    outputs: { o: { type: 'string', value: "[reference('d').outputs.name.value]" } },
  })
  const properties = object(bodyOf(expanded(source, given({ p: 'a' })).resources[0]).properties)
  assert.deepEqual(properties.template, inner)
  assert.deepEqual(properties.parameters, { p: { value: 'A' } })
  const azure = new MakeBelieveAzure()
  assert.deepEqual(azure.deploy(source, given({ p: 'a' }), factsFor()), { o: { type: 'String', value: 'A!' } })
})

test('a computed value is never evaluated again, an escaped text once a level', () => {
  const hostile = "[fail('evaluated')]"
  const source = template({
    parameters: { p: { type: 'string' } },
    resources: [
      nested(
        'd',
        template({
          resources: [
            vnet('v1', {
              tags: { "[concat('[k', ']')]": "[parameters('p')]", list: "[createArray(parameters('p'))]" },
            }),
            vnet("[[concat('v', '2')]"),
          ],
        }),
      ),
    ],
  })
  const azure = new MakeBelieveAzure()
  azure.deploy(source, given({ p: hostile }), factsFor())
  assert.deepEqual(
    azure.deployed.map(id => id.split('/').at(-1)),
    ['v1', 'v2'],
  )
  const [v1] = [...azure.bodies].filter(([id]) => id.endsWith('/v1')).map(([, body]) => body)
  assert.deepEqual(v1?.tags, { '[k]': hostile, list: [hostile] })
})

test('loops inside a template in outer scope, and who waits for them', () => {
  const loop = vnet("[format('v{0}', copyIndex())]", { copy: { name: 'inside', count: 2 } })
  const source = template({
    resources: [nested('d', template({ resources: [vnet('last', { dependsOn: ['inside'] }), loop] }))],
  })
  const azure = new MakeBelieveAzure()
  azure.deploy(source, {}, factsFor())
  assert.deepEqual(
    azure.deployed.map(id => id.split('/').at(-1)),
    ['v0', 'v1', 'last'],
  )
})

test('what is wrong in a template in outer scope is told before anything is deployed', () => {
  const wrong = template({ resources: [vnet('[nope()]')] })
  assert.deepEqual(
    refusals(template({ resources: [nested('d', wrong)] })).map(text => text.slice(0, text.indexOf(':'))),
    ['resources[0].properties.template.resources[0].name'],
  )
  assert.deepEqual(refusals(template({ resources: [nested('d', wrong, {}, INNER)] })), [])
})

test('reference in the parameters of a nested deployment waits for what it reads', () => {
  const source = template({
    resources: [
      nested(
        'd',
        template({ parameters: { p: { type: 'int' } } }),
        {},
        { ...INNER, parameters: { p: { value: "[reference('v1').a]" } } },
      ),
      vnet('v1', { properties: { a: 1 } }),
    ],
  })
  const { resources } = expanded(source)
  assert.deepEqual(
    resources.map(({ name, readsOthers }) => [name, readsOthers]),
    [
      ['v1', false],
      ['d', true],
    ],
  )
})
