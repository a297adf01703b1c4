/** The samples of Azure's documentation give the outputs that the documentation prints. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { uniqueStringOf } from '../../../../src/base/template/functions/hash.ts'
import type { Json } from '../../../../src/base/template/json.ts'
import { factsFor, json, MakeBelieveAzure, object, SUBSCRIPTION } from './azure.ts'
import { filesOf, readShared, skipWithout } from './shared.ts'

const rg = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg1`
const network = 'providers/Microsoft.Network/virtualNetworks'
const storage = `${rg}/providers/Microsoft.Storage/storageAccounts`

interface Sample {
  readonly given?: Readonly<Record<string, Json>>
  /** What the outputs must be; those that Azure's page calls examples are made from our own subscription. */
  readonly outputs?: Readonly<Record<string, unknown>>
  /** Ids of what is deployed. */
  readonly resources?: readonly string[]
}

const samples: Readonly<Record<string, Sample>> = {
  'array/contains.json': {
    outputs: {
      stringTrue: true,
      stringFalse: false,
      objectTrue: true,
      objectFalse: false,
      arrayTrue: true,
      arrayFalse: false,
    },
  },
  'array/first.json': { outputs: { arrayOutput: 'one', stringOutput: 'O' } },
  'array/length.json': { outputs: { arrayLength: 3, stringLength: 13, objectLength: 4 } },
  'array/take.json': { outputs: { arrayOutput: ['one', 'two'], stringOutput: 'on' } },
  'comparison/equals.json': {
    outputs: { checkInts: true, checkStrings: false, checkArrays: true, checkObjects: true },
  },
  'comparison/less.json': { outputs: { checkInts: true, checkStrings: false } },
  'date/datetimeadd.json': {
    outputs: {
      add3YearsOutput: '4/7/2023 2:53:14 PM',
      subtract9DaysOutput: '3/29/2020 2:53:14 PM',
      add1HourOutput: '4/7/2020 3:53:14 PM',
    },
  },
  'deployment/deployment.json': { outputs: { deploymentOutput: { name: 'main', location: 'eastus', properties: {} } } },
  'deployment/parameters.json': {
    outputs: {
      stringOutput: 'option 1',
      intOutput: 1,
      objectOutput: { one: 'a', two: 'b' },
      arrayOutput: [1, 2, 3],
      crossOutput: 'option 1',
    },
  },
  'logical/bool.json': { outputs: { trueString: true, falseString: false, trueInt: true, falseInt: false } },
  'logical/not-equals.json': { outputs: { checkNotEquals: true } },
  'numeric/copyindex.json': {
    resources: [0, 1].map(index => `${storage}/${index}storage${uniqueStringOf([rg])}`),
  },
  'numeric/int.json': { outputs: { intResult: 4 } },
  'numeric/mod.json': { outputs: { modResult: 1 } },
  'object/createobject.json': {
    outputs: {
      newObject: {
        intProp: 1,
        stringProp: 'abc',
        boolProp: true,
        arrayProp: ['a', 'b', 'c'],
        objectProp: { key1: 'value1' },
      },
    },
  },
  'resource/extensionresourceid.json': {
    given: { lockName: 'l1' },
    outputs: { lockResourceId: `${rg}/providers/Microsoft.Authorization/locks/l1` },
  },
  'resource/reference.json': {
    given: { storageResourceGroup: 'rg1', storageAccountName: 'sa1' },
    outputs: { ExistingStorage: { accessTier: 'Hot' } },
  },
  'resource/resourceid-external.json': {
    given: {
      location: 'eastus',
      virtualNetworkName: 'v1',
      virtualNetworkResourceGroup: 'rg2',
      subnet1Name: 's1',
      nicName: 'nic1',
    },
    resources: [`${rg}/providers/Microsoft.Network/networkInterfaces/nic1`],
  },
  'resource/subscriptionresourceid.json': {
    given: { principalId: 'p', builtInRoleType: 'Reader' },
    resources: [`${rg}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-4000-8000-000000000001`],
  },
  'string/concat-string.json': { outputs: { concatOutput: `prefix-${uniqueStringOf([rg])}` } },
  // No values are printed for these: they are what Python's uuid5 gives in Azure's namespace.
  'string/guid.json': {
    outputs: {
      guidPerSubscription: '65d18454-7c05-5d9d-9ba3-4bf4c1db9668',
      guidPerResourceGroup: '16951156-8975-5630-937d-2d6f923ea54f',
      guidPerDeployment: 'a9fe7321-b508-553c-8d9d-718db1e749cd',
    },
  },
  'string/newguid-storageaccount.json': {
    outputs: { nameOutput: `storage${uniqueStringOf(['00000000-0000-4000-8000-000000000001'])}` },
    resources: [`${storage}/storage${uniqueStringOf(['00000000-0000-4000-8000-000000000001'])}`],
  },
  'string/replace.json': { outputs: { firstOutput: '1231231234', secondOutput: '123-123-xxxx' } },
  'string/string.json': {
    outputs: { objectOutput: '{"valueA":10,"valueB":"Example Text"}', arrayOutput: '["a","b","c"]', intOutput: '5' },
  },
  'string/trim.json': { outputs: { return: 'one two three' } },
}

test('the samples of the documentation', { skip: skipWithout('template-functions') }, async t => {
  assert.deepEqual(filesOf('template-functions', '.json'), Object.keys(samples).toSorted())
  for (const [file, { given = {}, outputs = {}, resources = [] }] of Object.entries(samples)) {
    await t.test(file, () => {
      const azure = new MakeBelieveAzure()
      azure.put(`${storage}/sa1`, { properties: { accessTier: 'Hot' } })
      const parameters = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, { value }]))
      const answered = azure.deploy(json(readShared('template-functions', file)), parameters, factsFor())
      const values = Object.fromEntries(Object.entries(answered).map(([name, output]) => [name, object(output).value]))
      assert.deepEqual(values, outputs)
      assert.deepEqual(azure.deployed, resources)
    })
  }
})

test('a sample names a subnet of another group', { skip: skipWithout('template-functions') }, () => {
  const azure = new MakeBelieveAzure()
  const { given = {} } = samples['resource/resourceid-external.json'] ?? {}
  const parameters = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, { value }]))
  azure.deploy(json(readShared('template-functions', 'resource/resourceid-external.json')), parameters, factsFor())
  const id = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg2/${network}/v1/subnets/s1`
  assert.ok(JSON.stringify([...azure.bodies.values()]).includes(`"subnet":{"id":"${id}"}`))
})
