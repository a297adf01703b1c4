import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json, JsonObject } from '../../../../src/base/template/json.ts'
import { factsFor, MakeBelieveAzure, object, SUBSCRIPTION } from './azure.ts'
import { READS_NOTHING } from './environment.ts'
import { bodyOf, expanded, given, refusals, subnet, template, vnet } from './templates.ts'

const rg = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg1`
const v = (name: string) => `${rg}/providers/Microsoft.Network/virtualNetworks/${name}`

test('a resource as it will be put', () => {
  const source = template({
    parameters: { hsmName: { type: 'string' }, stampID: { type: 'string' } },
    variables: { tag: "[concat('a', 'b')]" },
    resources: [
      {
        type: 'Microsoft.HardwareSecurityModules/dedicatedHSMs',
        apiVersion: '2021-11-30',
        name: "[parameters('hsmName')]",
        location: '[resourceGroup().location]',
        comments: '[for people]',
        tags: { "[variables('tag')]": '[[literal]', '[[literal]': 'x' },
        sku: { name: 'SafeNet Luna Network HSM A790' },
        properties: { stampId: "[parameters('stampId')]", nothing: null },
      },
    ],
  })
  const [resource] = expanded(source, given({ HSMNAME: 'hsm1', stampID: 'stamp1' })).resources
  assert.deepEqual(
    { ...resource, body: bodyOf(resource) },
    {
      id: `${rg}/providers/Microsoft.HardwareSecurityModules/dedicatedHSMs/hsm1`,
      type: 'Microsoft.HardwareSecurityModules/dedicatedHSMs',
      apiVersion: '2021-11-30',
      name: 'hsm1',
      place: 'resources[0]',
      dependsOn: [],
      readsOthers: false,
      body: {
        location: 'eastus',
        tags: { ab: '[literal]', '[literal]': 'x' },
        sku: { name: 'SafeNet Luna Network HSM A790' },
        properties: { stampId: 'stamp1', nothing: null },
      },
    },
  )
})

test('loops on resources, properties, variables and outputs', () => {
  const source = template({
    variables: {
      copy: [{ name: 'prefixes', count: 2, input: "[concat('10.', copyIndex('prefixes', 1), '.0.0/16')]" }],
      nested: { copy: [{ name: 'letters', count: 2, input: "[take(skip('xyz', copyIndex('letters')), 1)]" }], own: 1 },
    },
    resources: [
      vnet("[format('v{0}', copyIndex(1))]", {
        copy: { name: 'vnets', count: "[length(variables('prefixes'))]" },
        properties: {
          prefix: "[variables('prefixes')[copyIndex()]]",
          copy: [
            { name: 'subnets', count: 2, input: { name: "[format('s{0}{1}', copyIndex(), copyIndex('subnets'))]" } },
          ],
        },
      }),
      vnet("[format('none{0}', copyIndex())]", { copy: { name: 'none', count: 0 } }),
    ],
    outputs: {
      names: { type: 'array', copy: { count: 2, input: "[format('o{0}', copyIndex())]" } },
      letters: { type: 'object', value: "[variables('nested')]" },
      skipped: { type: 'string', condition: false, value: "[fail('not evaluated')]" },
    },
  })
  const { resources, outputs } = expanded(source)
  assert.deepEqual(
    resources.map(resource => [resource.name, bodyOf(resource).properties]),
    [
      ['v1', { prefix: '10.1.0.0/16', subnets: [{ name: 's00' }, { name: 's01' }] }],
      ['v2', { prefix: '10.2.0.0/16', subnets: [{ name: 's10' }, { name: 's11' }] }],
    ],
  )
  assert.deepEqual(outputs(READS_NOTHING), {
    ok: true,
    value: {
      names: { type: 'Array', value: ['o0', 'o1'] },
      letters: { type: 'Object', value: { letters: ['x', 'y'], own: 1 } },
    },
  })
})

test('children lie beside their parents', () => {
  const source = template({
    resources: [
      vnet('v1', {
        resources: [
          { type: 'subnets', apiVersion: '2024-03-01', name: 's1', dependsOn: ['v1'] },
          subnet('v1/s2', { dependsOn: ["[resourceId('Microsoft.Network/virtualNetworks', 'v1')]"] }),
          { type: 'providers/locks', apiVersion: '2020-05-01', name: 'Microsoft.Authorization/keep' },
        ],
      }),
    ],
  })
  assert.deepEqual(
    expanded(source).resources.map(({ id, place, dependsOn }) => [id, place, dependsOn]),
    [
      [v('v1'), 'resources[0]', []],
      [`${v('v1')}/subnets/s1`, 'resources[0].resources[0]', [v('v1')]],
      [`${v('v1')}/subnets/s2`, 'resources[0].resources[1]', [v('v1')]],
      [`${v('v1')}/providers/Microsoft.Authorization/locks/keep`, 'resources[0].resources[2]', []],
    ],
  )
})

test('where resources lie', () => {
  const other = '11068ed9-6c31-4a47-8183-4eca6d84bb32'
  const deployment = { type: 'Microsoft.Resources/deployments', apiVersion: '2022-09-01', name: 'd' }
  const tail = 'providers/Microsoft.Resources/deployments/d'
  const lock = { type: 'Microsoft.Authorization/locks', apiVersion: '2020-05-01', name: 'l' }
  const rows: [resource: JsonObject, id: string][] = [
    [deployment, `${rg}/${tail}`],
    [{ ...deployment, resourceGroup: 'rg2' }, `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg2/${tail}`],
    [
      { ...deployment, subscriptionId: other, resourceGroup: 'rg2' },
      `/subscriptions/${other}/resourceGroups/rg2/${tail}`,
    ],
    [{ ...deployment, subscriptionId: other }, `/subscriptions/${other}/${tail}`],
    [{ ...deployment, scope: '/' }, `/${tail}`],
    [
      { ...deployment, scope: 'Microsoft.Management/managementGroups/mg1' },
      `/providers/Microsoft.Management/managementGroups/mg1/${tail}`,
    ],
    [{ ...lock, scope: v('v1') }, `${v('v1')}/providers/Microsoft.Authorization/locks/l`],
    [
      { ...lock, scope: 'Microsoft.Network/virtualNetworks/v1' },
      `${v('v1')}/providers/Microsoft.Authorization/locks/l`,
    ],
  ]
  for (const [resource, id] of rows) {
    assert.equal(expanded(template({ resources: [resource] })).resources[0]?.id, id)
  }
  const group = {
    type: 'Microsoft.Resources/resourceGroups',
    apiVersion: '2022-09-01',
    name: 'rg9',
    location: 'eastus',
  }
  const [made] = expanded(template({ resources: [group] }), {}, factsFor({ subscriptionId: SUBSCRIPTION })).resources
  assert.equal(made?.id, `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg9`)
})

test('what cannot be a template is refused with its place', () => {
  const rows: [template: Json, refusal: RegExp][] = [
    [null, /^template: .*must be an object, and it is of type Null/],
    [[], /^template: .*of type Array/],
    ['{}', /^template: .*of type String/],
    [{ $schema: 'x', contentVersion: '1' }, /^template: .*required property 'resources' was not found/],
    [{ resources: [] }, /required property '\$schema'/],
    [template({ resources: 'x' }), /^resources: .*resources must be an array, and is of type String/],
    [template({ resources: {} }), /^resources: .*only where languageVersion is 2.0/],
    [template({ parameters: [] }), /^parameters: .*must be an object, and is of type Array/],
    [template({ paramaters: {} }), /^paramaters: .*no section 'paramaters'; did you mean 'parameters'/],
    [template({ resources: [1] }), /^resources\[0\]: .*must be an object, and is of type Integer/],
    [template({ resources: [{ type: 'A.B/c' }] }), /^resources\[0\]: .*has no 'apiVersion' and no 'name'/],
    [template({ resources: [vnet('')] }), /^resources\[0\]\.name: .*must be a string that is not empty/],
    [
      template({ resources: [vnet('a/b')] }),
      /^resources\[0\]: .*'a\/b' of type 'Microsoft.Network\/virtualNetworks' has incorrect segment lengths/,
    ],
    [template({ resources: [subnet('a/')] }), /incorrect segment lengths/],
    [template({ resources: [{ ...vnet('a'), type: 'virtualNetworks' }] }), /incorrect segment lengths/],
    [
      template({ resources: [vnet('a'), vnet('A')] }),
      /^resources\[1\]: .*'Microsoft.Network\/virtualNetworks\/A' is defined multiple times in a template; first at 'resources\[0\]'/,
    ],
    [
      template({ resources: [vnet('a', { condition: 'yes' })] }),
      /^resources\[0\]\.condition: .*must be a boolean, and is of type String/,
    ],
    [template({ resources: [vnet('a', { copy: { count: 1 } })] }), /^resources\[0\]\.copy: .*must have a name/],
    [template({ resources: [vnet('a', { copy: { name: 'l' } })] }), /must have a count/],
    [
      template({ resources: [vnet('a', { copy: { name: 'l', count: -1 } })] }),
      /^resources\[0\]\.copy\.count: .*not negative/,
    ],
    [
      template({ resources: [vnet('a', { copy: { name: 'l', count: 801 } })] }),
      /turns of a copy loop exceeds the limit. Limit: '800' and actual: '801'/,
    ],
    [
      template({ resources: [vnet('a', { copy: { name: 'l', count: 1, mode: 'Sideways' } })] }),
      /mode must be Serial or Parallel/,
    ],
    [
      template({ resources: Array.from({ length: 801 }, (_, i) => vnet(`v${i}`)) }),
      /number of resources exceeds the limit. Limit: '800'/,
    ],
    [
      template({ parameters: numbered(257, { type: 'int', defaultValue: 1 }) }),
      /number of parameters exceeds the limit. Limit: '256' and actual: '257'/,
    ],
    [template({ outputs: numbered(65, { type: 'int', value: 1 }) }), /number of outputs exceeds the limit/],
    [template({ outputs: { o: { type: 'strin', value: 1 } } }), /^outputs\.o: .*its type must be one of/],
    [template({ outputs: { o: { type: 'string' } } }), /^outputs\.o: .*it has no value/],
    [
      template({ resources: [vnet("[cocnat('a')]")] }),
      /^resources\[0\]\.name: .*'cocnat' is not valid; did you mean 'concat'/,
    ],
    [
      template({ resources: [vnet('a', { properties: { x: ['[if(true(), 1, nope())]'] } })] }),
      /^resources\[0\]\.properties\.x\[0\]: .*'nope' is not valid/,
    ],
    [
      template({ variables: { a: "[variables('b')]", b: "[variables('a')]" }, resources: [vnet("[variables('a')]")] }),
      /^variables\.b: .*the variable 'a' depends on itself/,
    ],
    [
      template({ resources: [vnet('a', { tags: "[reference('b').x]" }), vnet("[reference('a').x]")] }),
      /^resources\[1\]\.name: .*'reference' cannot be evaluated: it is not expected at this location/,
    ],
  ]
  for (const [source, refusal] of rows) {
    const said = refusals(source)
    assert.ok(
      said.some(text => refusal.test(text)),
      `${refusal} is not among ${said.join('\n') || 'nothing'}`,
    )
  }
})

test('all slips are told at once', () => {
  const source = template({
    variables: { a: '[nope()]' },
    resources: [vnet('[nope()]', { tags: { x: '[add(1)]' } }), subnet("[parameters('p')")],
    outputs: { o: { type: 'string', value: "[concat('a']" } },
  })
  assert.deepEqual(
    refusals(source).map(text => text.slice(0, text.indexOf(':'))),
    ['variables.a', 'resources[0].name', 'resources[0].tags.x', 'outputs.o.value'],
  )
})

test('an expression is shown with a caret under what is wrong', () => {
  const [said] = refusals(template({ resources: [vnet("[concat('a', nope(1))]")] }))
  assert.ok(said?.endsWith("[concat('a', nope(1))]\n             ^"), said)
  const long = `[concat('${'x'.repeat(200)}', nope(1), '${'y'.repeat(200)}')]`
  const [line = '', caret = ''] =
    refusals(template({ resources: [vnet(long)] }))[0]
      ?.split('\n')
      .slice(-2) ?? []
  assert.ok(line.length < 130)
  assert.equal(line.slice(caret.length - 1, caret.length + 3), 'nope')
})

test('a false condition leaves a resource out, however broken its name', () => {
  const source = template({
    parameters: { names: { type: 'array', defaultValue: [] } },
    resources: [
      vnet("[parameters('names')[0]]", { condition: "[not(empty(parameters('names')))]" }),
      vnet('v2', { condition: false }),
      vnet('v2', { dependsOn: ['v2'] }),
      vnet('v3', { dependsOn: ['v2'] }),
    ],
  })
  assert.deepEqual(refusals(source), [
    "resources[2]: Deployment template validation failed: 'Circular dependency detected on resource: 'Microsoft.Network/virtualNetworks/v2'. The cycle is Microsoft.Network/virtualNetworks/v2 -> Microsoft.Network/virtualNetworks/v2. Please see https://aka.ms/arm-syntax-resources for usage details.'.",
  ])
})

test('user-defined functions see their parameters and each other', () => {
  const source = template({
    functions: [
      {
        namespace: 'contoso',
        members: {
          double: {
            parameters: [{ name: 'x', type: 'int' }],
            output: { type: 'int', value: "[mul(parameters('x'), 2)]" },
          },
          quadruple: {
            parameters: [{ name: 'x', type: 'int' }],
            output: { type: 'int', value: "[contoso.double(contoso.double(parameters('x')))]" },
          },
          leaky: { parameters: [], output: { type: 'string', value: "[parameters('secret')]" } },
          endless: { parameters: [], output: { type: 'string', value: '[contoso.endless()]' } },
        },
      },
    ],
    parameters: { secret: { type: 'string', defaultValue: 's' } },
  })
  const answerTo = (expression: string) =>
    expanded({ ...source, outputs: { o: { type: 'int', value: expression } } }).outputs(READS_NOTHING)
  const rows: [expression: string, value: unknown][] = [
    ['[contoso.quadruple(3)]', 12],
    ['[Contoso.Double(3)]', 6],
    ['[contoso.double()]', /takes 1 argument\(s\), and 0 are given/],
    ['[contoso.leaky()]', /no parameter of that name/],
    ['[contoso.endless()]', /expressions use each other too deeply/],
  ]
  for (const [expression, value] of rows) {
    const outcome = answerTo(expression)
    if (value instanceof RegExp) assert.match(outcome.ok ? '' : (outcome.findings[0]?.message ?? ''), value)
    else assert.deepEqual(outcome, { ok: true, value: { o: { type: 'Int', value } } })
  }
  assert.match(
    refusals(template({ outputs: { o: { type: 'int', value: '[contoso.nope()]' } } })).join(),
    /declares no function 'contoso.nope'/,
  )
})

test('outputs are checked, and secret ones are not told', () => {
  const azure = new MakeBelieveAzure()
  const rows: [output: JsonObject, answer: unknown][] = [
    [
      { type: 'string', value: 'x' },
      { type: 'String', value: 'x' },
    ],
    [{ type: 'securestring', value: "[concat('s', '3cret')]" }, { type: 'SecureString' }],
    [{ type: 'SecureObject', value: { a: 1 } }, { type: 'SecureObject' }],
    [
      { type: 'string', nullable: true, value: '[null()]' },
      { type: 'String', value: null },
    ],
    [
      { type: 'string', value: 1 },
      /^The template output 'o' is not valid: The type is not valid. Expected 'String'. Actual 'Integer'/,
    ],
    [
      { type: 'string', value: "[reference('nope').x]" },
      /it names no resource of the template, and is not a resource id/,
    ],
    [{ type: 'string', value: `[reference('${v('v9')}', '2024-03-01').x]` }, /the resource '.*v9' was not found/],
  ]
  for (const [output, answer] of rows) {
    const outcome = expanded(template({ outputs: { o: output } })).outputs(azure.runtime)
    if (answer instanceof RegExp) assert.match(outcome.ok ? '' : (outcome.findings[0]?.message ?? ''), answer)
    else assert.deepEqual(outcome, { ok: true, value: { o: answer } })
  }
})

test('reference reads properties, or in full', () => {
  const azure = new MakeBelieveAzure()
  const source = template({
    resources: [
      vnet('v1', { location: 'eastus', properties: { a: 1 } }),
      vnet('v2', {
        properties: {
          copied: "[union(reference('v1'), createObject('b', 2))]",
          keys: "[listKeys('v1', '2024-03-01').action]",
        },
      }),
    ],
    outputs: {
      byId: {
        type: 'int',
        value: "[reference(resourceId('Microsoft.Network/virtualNetworks', 'V1'), '2020-01-01').a]",
      },
      full: { type: 'object', value: "[reference('v1', '2024-03-01', 'Full')]" },
    },
  })
  const outputs = azure.deploy(source, {}, factsFor())
  assert.deepEqual(object(azure.bodies.get(v('v2').slice(1).toLowerCase())).properties, {
    copied: { a: 1, b: 2 },
    keys: 'listKeys',
  })
  assert.equal(object(outputs.byId).value, 1)
  const { id, ...full } = object(object(outputs.full).value)
  assert.equal(id, v('v1'))
  assert.deepEqual(full, {
    location: 'eastus',
    properties: { a: 1 },
    apiVersion: '2024-03-01',
    resourceId: 'Microsoft.Network/virtualNetworks/v1',
    subscriptionId: SUBSCRIPTION,
    resourceGroupName: 'rg1',
  })
})

function numbered(count: number, value: Json): JsonObject {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}`, value]))
}
