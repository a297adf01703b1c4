/** Bad input gets a clear error that names the place, and changes nothing. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Api, type ApiError, templateOf } from '../../../support/api.ts'
import { DELEGATED, GROUP, idText, PAIR, subnet, vnet } from '../../../support/world.ts'

let api: Api
before(async () => {
  api = new Api()
  await api.call('PUT', GROUP, { location: 'eastus' })
})
after(() => api.close())

const NET = `${GROUP}/providers/Microsoft.Network/virtualNetworks`
const net = (prefix: string, subnetPrefix?: string) =>
  vnet([prefix], subnetPrefix ? [subnet('a', subnetPrefix)] : undefined)
const nic = (address: string) => ({
  location: 'eastus',
  properties: {
    ipConfigurations: [
      {
        name: 'ip',
        properties: {
          subnet: { id: `${NET}/n0/subnets/a` },
          privateIPAllocationMethod: 'Static',
          privateIPAddress: address,
        },
      },
    ],
  },
})

/** The code, and words that the message must hold: the place and the reason. */
const table: readonly (readonly [
  name: string,
  method: string,
  url: string,
  body: unknown,
  status: number,
  code: string,
  ...words: string[],
])[] = [
  [
    'malformed JSON',
    'PUT',
    `${NET}/n1`,
    '{"location": "eastus",\n  "properties": }',
    400,
    'InvalidRequestContent',
    'line 2',
  ],
  ['JSON that ends too soon', 'PUT', `${NET}/n1`, '{"location": "eas', 400, 'InvalidRequestContent', 'line 1'],
  ['no body', 'PUT', `${NET}/n1`, undefined, 400, 'InvalidRequestFormat', 'the body'],
  ['a body that is a list', 'PUT', `${NET}/n1`, [], 400, 'InvalidRequestFormat', 'the body'],
  [
    'unknown type',
    'PUT',
    `${GROUP}/providers/Microsoft.Storage/storageAccounts/a`,
    {},
    400,
    'InvalidResourceType',
    'Microsoft.Storage/storageAccounts',
  ],
  [
    'unknown namespace, GET',
    'GET',
    `${GROUP}/providers/Contoso.Nothing/things/a`,
    undefined,
    400,
    'InvalidResourceType',
    'Contoso.Nothing/things',
  ],
  [
    '/33',
    'PUT',
    `${NET}/n1`,
    net('10.0.0.1/33'),
    400,
    'InvalidAddressPrefixFormat',
    'properties.addressSpace.addressPrefixes[0]',
    '10.0.0.1/33',
  ],
  ['octal', 'PUT', `${NET}/n1`, net('010.0.0.0/8'), 400, 'InvalidAddressPrefixFormat', '010.0.0.0/8'],
  ['host bits', 'PUT', `${NET}/n1`, net('10.0.0.1/16'), 400, 'InvalidAddressPrefixFormat', '10.0.0.0/16'],
  ['no length', 'PUT', `${NET}/n1`, net('10.0.0.0'), 400, 'InvalidAddressPrefixFormat', '10.0.0.0'],
  [
    'a subnet inside',
    'PUT',
    `${NET}/n1`,
    net('10.0.0.0/16', '10.0.0.1/24'),
    400,
    'InvalidAddressPrefixFormat',
    'properties.subnets[0].properties.addressPrefix',
  ],
  [
    'octal address',
    'PUT',
    `${GROUP}/providers/Microsoft.Network/networkInterfaces/x`,
    nic('010.0.0.1'),
    400,
    'InvalidIPAddressFormat',
    '010.0.0.1',
    'privateIPAddress',
  ],
  [
    'an id with //',
    'PUT',
    `${GROUP}/providers/Microsoft.Compute/virtualMachines/x`,
    {
      location: 'eastus',
      properties: { networkProfile: { networkInterfaces: [{ id: '/subscriptions/s1//resourceGroups/rg' }] } },
    },
    400,
    'LinkedInvalidPropertyId',
    'networkInterfaces[0].id',
  ],
  [
    'an id with / at its end',
    'PUT',
    `${GROUP}/providers/Microsoft.Compute/virtualMachines/x`,
    {
      location: 'eastus',
      properties: {
        networkProfile: { networkInterfaces: [{ id: `${GROUP}/providers/Microsoft.Network/networkInterfaces/x/` }] },
      },
    },
    400,
    'LinkedInvalidPropertyId',
    'networkInterfaces[0].id',
  ],
  ['10 MB', 'PUT', `${NET}/n1`, `{"x":"${'a'.repeat(10 * 1024 * 1024)}"}`, 413, 'RequestEntityTooLarge', '4 MiB'],
  ['no api-version', 'GET', `${NET}?x=1`, undefined, 400, 'MissingApiVersionParameter', 'api-version'],
  ['a strange api-version', 'GET', `${NET}?api-version=newest`, undefined, 400, 'InvalidApiVersionParameter', 'newest'],
  ['another subscription', 'GET', '/subscriptions/s2/resourceGroups/rg', undefined, 404, 'SubscriptionNotFound', 's2'],
  [
    'no such group',
    'PUT',
    '/subscriptions/s1/resourceGroups/none/providers/Microsoft.Network/virtualNetworks/n1',
    net('10.0.0.0/16'),
    404,
    'ResourceGroupNotFound',
    'none',
  ],
  ['nothing there', 'GET', `${NET}/none`, undefined, 404, 'ResourceNotFound', 'none'],
  ['a path that is no resource', 'GET', '/nowhere', undefined, 404, 'InvalidResourcePath', '/nowhere'],
  ['POST to a resource', 'POST', `${NET}/n0`, {}, 405, 'MethodNotAllowed', 'POST'],
  ['PATCH of properties', 'PATCH', `${NET}/n0`, { properties: {} }, 400, 'InvalidRequestFormat', 'properties'],
  ['tags that are a list', 'PATCH', `${NET}/n0`, { tags: ['a'] }, 400, 'InvalidRequestFormat', 'tags'],
  [
    '__proto__',
    'PUT',
    `${NET}/n1`,
    '{"__proto__": {"location": "eastus"}, "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}}',
    400,
    'LocationRequired',
    'location',
  ],
]

for (const [name, method, url, body, status, code, ...words] of table) {
  test(name, async () => {
    const before = await everything()
    const answer = await api.call(method, url, body)
    assert.equal(answer.status, status, JSON.stringify(answer.body))
    assert.equal(answer.body.error?.code, code)
    const said = JSON.stringify(answer.body)
    for (const word of words) assert.ok(said.includes(word), `${word} is not in ${said}`)
    assert.equal(await everything(), before, 'a refused request changes nothing')
  })
}

test('ids in odd case, "//" in the path, "/" at its end: the same resource', async () => {
  await api.call('PUT', `${NET}/n0`, net('10.0.0.0/16', '10.0.0.0/24'))
  const plain = await api.call('GET', `${NET}/n0`)
  assert.equal(plain.status, 200)
  for (const url of [
    `${NET}/N0`.replace('resourceGroups', 'RESOURCEgroups'),
    `${NET}/n0`.replace('/providers', '//providers'),
    `${NET}//n0/`,
    `${NET}/n0`.replace('Microsoft.Network', 'microsoft.network'),
  ]) {
    assert.deepEqual((await api.call('GET', url)).body, plain.body, url)
  }
  const again = await api.call('PUT', `${NET}/N0/`, net('10.0.0.0/16', '10.0.0.0/24'))
  assert.equal(again.status, 200)
  assert.deepEqual(again.body, plain.body, 'the first spelling stays, and nothing changed')
})

test('no token, a wrong one, another scheme: 401', async () => {
  for (const authorization of ['', 'Bearer wrong', 'Basic token', 'token']) {
    const answer = await api.call('GET', NET, undefined, { authorization })
    assert.equal(answer.status, 401, authorization)
    assert.equal(answer.body.error?.code, 'AuthenticationFailed')
  }
})

const cycle = templateOf(
  [
    ['a', 'b'],
    ['b', 'c'],
    ['c', 'a'],
  ].map(([name, other]) => ({
    type: 'Microsoft.Network/networkSecurityGroups',
    apiVersion: '2023-09-01',
    name,
    location: 'eastus',
    dependsOn: [`[resourceId('Microsoft.Network/networkSecurityGroups', '${other}')]`],
  })),
)
const half = templateOf([
  { type: 'Microsoft.Network/networkSecurityGroups', apiVersion: '2023-09-01', name: 'good', location: 'eastus' },
  {
    type: 'Microsoft.Network/virtualNetworks',
    apiVersion: '2023-09-01',
    name: 'bad',
    ...net('10.0.0.0/16', '10.9.0.0/24'),
  },
])
const templates: readonly (readonly [name: string, template: unknown, code: string, ...words: string[]])[] = [
  ['a cycle of dependsOn', cycle, 'InvalidTemplate', 'a', 'b', 'c'],
  [
    'one resource is wrong: the other is not made either',
    half,
    'InvalidTemplateDeployment',
    'NetcfgInvalidSubnet',
    'bad/subnets/a',
  ],
  [
    'an unknown function',
    templateOf([
      {
        type: 'Microsoft.Network/networkSecurityGroups',
        apiVersion: '2023-09-01',
        name: "[conkat('a')]",
        location: 'eastus',
      },
    ]),
    'InvalidTemplate',
    'conkat',
    'concat',
  ],
  [
    'an unknown type',
    templateOf([{ type: 'Contoso.X/y', apiVersion: '2023-09-01', name: 'a', location: 'eastus' }]),
    'InvalidTemplateDeployment',
    'Contoso.X/y',
  ],
  ['no resources', '{"$schema": "x", "contentVersion": "1.0.0.0"}', 'InvalidTemplate', 'resources'],
  ['broken JSON', '{"$schema": ,}', 'InvalidRequestContent', 'line 1'],
]
for (const [name, template, code, ...words] of templates) {
  test(`template: ${name}`, async () => {
    const before = await everything()
    const answer = await api.deploy(template, {}, 'broken')
    const error = answer.body.error as ApiError | undefined
    assert.equal(error?.code, code, JSON.stringify(answer.body))
    const said = JSON.stringify(error)
    for (const word of words) assert.ok(said.includes(word), `${word} is not in ${said}`)
    assert.equal(await everything(), before)
  })
}

test('an HSM subnet shows its delegation; unknown members come back as they were sent', async () => {
  const body = vnet(['10.4.0.0/16'], [subnet('h', '10.4.0.0/24', { delegations: DELEGATED })], {
    flowTimeoutInMinutes: 4,
  })
  const put = await api.call('PUT', `${NET}/n4`, body)
  assert.equal(put.status, 201)
  assert.match(String(put.headers['azure-asyncoperation']), /^https:/)
  const { properties } = (await api.call('GET', `${NET}/n4/subnets/h`)).body as {
    properties: { purpose: string; delegations: { properties: { actions: string[] } }[] }
  }
  assert.equal(properties.purpose, 'HostedWorkloads')
  assert.equal(properties.delegations[0]?.properties.actions.length, 2)
  const whole = (await api.call('GET', `${NET}/n4`)).body.properties as { flowTimeoutInMinutes: number }
  assert.equal(whole.flowTimeoutInMinutes, 4)
})

test('a GET body sent back by PUT is a no-op with the same etag, for every type', async () => {
  const bench = '/subscriptions/s1/resourceGroups/all'
  await api.call('PUT', bench, { location: 'eastus' })
  for (const [, short, body] of PAIR.slice(1)) {
    const url = idText(short).replace('/resourceGroups/rg/', '/resourceGroups/all/')
    const moved = JSON.parse(JSON.stringify(body).replaceAll('/resourceGroups/rg/', '/resourceGroups/all/'))
    const put = await api.call('PUT', url, moved)
    assert.equal(put.status, 201, JSON.stringify(put.body))
  }
  for (const document of api.plane.world.documents.all()) {
    if (!document.key.startsWith(`${bench.toLowerCase()}/`) || document.assigned.managedBy) continue
    const got = await api.call('GET', document.id)
    const put = await api.call('PUT', document.id, got.body)
    assert.equal(put.status, 200, JSON.stringify(put.body))
    assert.deepEqual(put.body, got.body, document.id)
  }
})

test('etags: a stale one is refused, the present one is not', async () => {
  const { body } = await api.call('GET', `${NET}/n4`)
  const stale = await api.call('PUT', `${NET}/n4`, body, { 'if-match': 'W/"00000000-0000-4000-8000-000000000000"' })
  assert.equal(stale.status, 412)
  const present = await api.call('PUT', `${NET}/n4`, body, { 'if-match': String(body.etag) })
  assert.equal(present.status, 200)
  assert.equal((await api.call('PUT', `${NET}/n4`, body, { 'if-none-match': '*' })).status, 412)
})

async function everything(): Promise<string> {
  return JSON.stringify([...api.plane.world.documents.all()])
}
