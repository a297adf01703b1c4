import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Json, JsonObject } from '../../../../src/base/template/json.ts'
import { SUBSCRIPTION } from './azure.ts'
import { expanded, refusals, subnet, template, vnet } from './templates.ts'

/** `name < dependency dependency` of each resource, in order. */
function order(resources: Json, more: JsonObject = {}): string[] {
  const names = new Map<string, string>()
  const declared = expanded(template({ resources, ...more })).resources
  for (const { id, name } of declared) names.set(id, name)
  return declared.map(({ name, dependsOn }) => [name, ...dependsOn.map(id => `< ${names.get(id)}`)].join(' '))
}

test('every spelling of a dependency', () => {
  const id = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg1/providers/Microsoft.Network/virtualNetworks/v1`
  const spellings: Json[] = [
    ['v1'],
    ['V1'],
    ["[resourceId('Microsoft.Network/virtualNetworks', 'v1')]"],
    ["[resourceId('Microsoft.Network/virtualNetworks/', 'v1')]"],
    [id],
    [id.toUpperCase()],
    [`${id}/`],
    ['Microsoft.Network/virtualNetworks/v1'],
    ["[concat('microsoft.network/virtualnetworks/', 'v1')]"],
    ["[variables('dependency')]"],
    ["[variables('dependencies')]"],
    "[variables('dependencies')]",
    ['v1', null],
    ["[resourceId('rg9', 'Microsoft.Network/virtualNetworks', 'v1')]"],
  ]
  const variables = { dependency: 'v1', dependencies: ['v1'] }
  for (const dependsOn of spellings) {
    const resources = [vnet('v2', { dependsOn }), vnet('v1')]
    assert.deepEqual(order(resources, { variables }), ['v1', 'v2 < v1'], JSON.stringify(dependsOn))
  }
})

test('children, loops and symbols as dependencies', () => {
  const loop = (name: string, more: JsonObject = {}) =>
    vnet(`[concat('${name}', copyIndex())]`, { copy: { name: `${name}s`, count: 2 }, ...more })
  const rows: [resources: Json, order: string[]][] = [
    [
      [vnet('v2', { dependsOn: ['v1/s1'] }), subnet('v1/s1')],
      ['v1/s1', 'v2 < v1/s1'],
    ],
    [
      [
        vnet('v2', { dependsOn: ["[resourceId('Microsoft.Network/virtualNetworks/subnets', 'v1', 's1')]"] }),
        subnet('v1/s1'),
      ],
      ['v1/s1', 'v2 < v1/s1'],
    ],
    [
      [vnet('v2', { dependsOn: ['Microsoft.Network/virtualNetworks/v1/subnets/s1'] }), subnet('v1/s1')],
      ['v1/s1', 'v2 < v1/s1'],
    ],
    [
      [vnet('v2', { dependsOn: ['Microsoft.Network/virtualNetworks/subnets/v1/s1'] }), subnet('v1/s1')],
      ['v1/s1', 'v2 < v1/s1'],
    ],
    [
      [vnet('z', { dependsOn: ['as'] }), loop('a')],
      ['a0', 'a1', 'z < a0 < a1'],
    ],
    [
      [loop('b', { dependsOn: ["[concat('a', copyIndex())]"] }), loop('a')],
      ['a0', 'b0 < a0', 'a1', 'b1 < a1'],
    ],
    [[vnet('v2', { dependsOn: ['v1'] }), vnet('v1', { condition: false })], ['v2']],
    [
      [vnet('v2', { dependsOn: ['v1'] }), vnet('v1', { condition: false }), vnet('v1', { condition: true })],
      ['v1', 'v2 < v1'],
    ],
    [
      [vnet('v1'), vnet('v2', { tags: { a: "[reference('v1').x]" } })],
      ['v1', 'v2 < v1'],
    ],
    [
      [vnet('v2', { tags: { a: "[if(true(), 1, listKeys('v1', '2024-03-01'))]" } }), vnet('v1')],
      ['v1', 'v2 < v1'],
    ],
    [
      [vnet('v2', { tags: { a: "[reference(resourceId('Microsoft.Network/virtualNetworks', 'v1')).x]" } }), vnet('v1')],
      ['v1', 'v2 < v1'],
    ],
    // By id and with an api-version the resource may be one from outside the template.
    [
      [
        vnet('v2', {
          tags: { a: "[reference(resourceId('Microsoft.Network/virtualNetworks', 'v1'), '2024-03-01').x]" },
        }),
        vnet('v1'),
      ],
      ['v2', 'v1'],
    ],
    [
      [vnet('v2', { tags: { a: "[reference(reference('v1').x).y]" } }), vnet('v1')],
      ['v1', 'v2 < v1'],
    ],
  ]
  for (const [resources, expected] of rows) assert.deepEqual(order(resources), expected, JSON.stringify(resources))
})

test('symbolic names', () => {
  const symbolic = (resources: JsonObject) => order(resources, { languageVersion: '2.0' })
  assert.deepEqual(
    symbolic({
      late: vnet('v3', { dependsOn: ['sub', 'loop[1]'] }),
      sub: subnet('v0/s0', { existing: true, dependsOn: ['net'] }),
      loop: vnet("[format('l{0}', copyIndex())]", { copy: { name: 'other', count: 2 } }),
      net: vnet('v0'),
      reader: vnet('v4', { tags: { a: "[reference('loop[0]').x]", b: "[references('loop')]" } }),
      all: vnet('v5', { dependsOn: ['loop'] }),
    }),
    ['v0', 'l1', 'v3 < v0 < l1', 'l0', 'v4 < l0 < l1', 'v5 < l0 < l1'],
  )
})

test('serial loops go batch by batch', () => {
  const loop = (more: JsonObject) => [vnet('[string(copyIndex())]', { copy: { name: 'l', count: 5, ...more } })]
  assert.deepEqual(order(loop({ mode: 'Parallel' })), ['0', '1', '2', '3', '4'])
  assert.deepEqual(order(loop({ mode: 'serial' })), ['0', '1 < 0', '2 < 1', '3 < 2', '4 < 3'])
  assert.deepEqual(order(loop({ mode: 'Serial', batchSize: 2 })), ['0', '1', '2 < 0 < 1', '3 < 0 < 1', '4 < 2 < 3'])
})

test('dependencies that are refused', () => {
  const nsg = { type: 'Microsoft.Network/networkSecurityGroups', apiVersion: '2024-03-01', name: 'v1' }
  const rows: [resources: Json, refusal: RegExp][] = [
    [
      [vnet('v2', { dependsOn: ['v1'] })],
      /^resources\[0\]\.dependsOn: .*'v1' that 'Microsoft.Network\/virtualNetworks\/v2' depends on is not defined in the template; did you mean 'v2'/,
    ],
    [
      [vnet('v2', { dependsOn: ['v1'] }), vnet('v1'), nsg],
      /fits several resources: .*virtualNetworks\/v1, .*networkSecurityGroups\/v1/,
    ],
    [[vnet('v2', { dependsOn: [1] })], /^resources\[0\]\.dependsOn\[0\]: .*must be a string, and is of type Integer/],
    [
      [vnet('a', { dependsOn: ['b'] }), vnet('b', { dependsOn: ['c'] }), vnet('c', { dependsOn: ['a'] })],
      /^resources\[0\]: .*Circular dependency detected on resource: 'Microsoft.Network\/virtualNetworks\/a'. The cycle is \S+\/a -> \S+\/b -> \S+\/c -> \S+\/a\./,
    ],
    [
      [vnet('a', { tags: { x: "[reference('b').x]" } }), vnet('b', { dependsOn: ['a'] })],
      /The cycle is \S+\/a -> \S+\/b -> \S+\/a\./,
    ],
  ]
  for (const [resources, refusal] of rows) assert.match(refusals(template({ resources })).join('\n'), refusal)
})

test('any order of any acyclic resources respects what they wait for', () => {
  const edges = fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 30 })
  fc.assert(
    fc.property(edges, fc.shuffledSubarray([...Array(12).keys()], { minLength: 12 }), (pairs, shuffled) => {
      // An edge always leads from a higher to a lower number, so no cycle arises.
      const resources = shuffled.map(i =>
        vnet(`v${i}`, {
          dependsOn: pairs.filter(([a, b]) => Math.max(a, b) === i && a !== b).map(([a, b]) => `v${Math.min(a, b)}`),
        }),
      )
      const done = new Set<string>()
      for (const { id, dependsOn } of expanded(template({ resources })).resources) {
        for (const dependency of dependsOn) assert.ok(done.has(dependency))
        done.add(id)
      }
      assert.equal(done.size, 12)
    }),
  )
})
