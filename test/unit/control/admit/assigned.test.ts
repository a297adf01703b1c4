/** What is chosen once stays; what must not be kept is not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Bench, gateway, idText, NETWORK, nic, PAIR, type Step, vm } from '../../../support/world.ts'

const assigned = (bench: Bench, type: string, short: string) => bench.world.documents.get(type, idText(short))?.assigned
const NIC = 'Microsoft.Network/networkInterfaces'
const GW = 'Microsoft.Network/virtualNetworkGateways'
const VM = 'Microsoft.Compute/virtualMachines'

test('a NIC keeps its address while others come and go, and loses it with its subnet', () => {
  const bench = new Bench([...NETWORK, ['PUT', 'nic/a', nic('vnet/v1/subnets/compute')]])
  assert.equal(assigned(bench, NIC, 'nic/a')?.address, '10.2.0.4')
  bench.try(['PUT', 'nic/b', nic('vnet/v1/subnets/compute')])
  bench.try(['PUT', 'nic/a', { ...nic('vnet/v1/subnets/compute'), tags: { a: 'b' } }])
  assert.equal(assigned(bench, NIC, 'nic/a')?.address, '10.2.0.4')
  assert.equal(assigned(bench, NIC, 'nic/b')?.address, '10.2.0.5')
  bench.try(['DELETE', 'nic/a'])
  bench.try(['PUT', 'nic/c', nic('vnet/v1/subnets/compute')])
  assert.equal(assigned(bench, NIC, 'nic/c')?.address, '10.2.0.4')
})

for (const name of ['renamed', 'constructor', 'toString', '__proto__']) {
  test(`a gateway keeps its address under live HSMs when its configuration is called ${name}`, () => {
    const bench = new Bench(PAIR)
    const before = assigned(bench, GW, 'gw/er')?.address
    const subnet = { id: idText('vnet/v1/subnets/GatewaySubnet') }
    const step: Step = ['PUT', 'gw/er', gateway('', { ipConfigurations: [{ name, properties: { subnet } }] })]
    const { findings } = bench.try(step)
    // A name that Azure's rule for names refuses is refused; any other changes nothing about the address.
    assert.deepEqual(
      findings.map(({ code }) => code),
      name === '__proto__' ? ['InvalidRequestFormat'] : [],
    )
    assert.equal(assigned(bench, GW, 'gw/er')?.address, before)
    assert.equal(before, '10.2.255.4')
  })
}

test('the second HSM of a region goes to the other stamp (azure-facts A4.4)', () => {
  const free = PAIR.slice(0, -1).map(
    (step): Step => (step[1].startsWith('hsm/') ? ['PUT', step[1], withoutStamp(step[2])] : step),
  )
  const bench = new Bench(free)
  assert.deepEqual([...bench.world.topology.hsms.values()].map(({ stamp }) => stamp).sort(), ['stamp1', 'stamp2'])
})

test('credentials of a machine are never stored, whatever their spelling', () => {
  const secret = 'S3cret!'
  const body = vm('nic/n') as { properties: object }
  const properties = {
    ...body.properties,
    UserData: secret,
    extensionProfile: { extensions: [{ protectedSettings: secret }] },
    osProfile: {
      ComputerName: 'box',
      adminPassword: secret,
      AdminPassWord: `${secret}2`,
      customData: secret,
      secrets: [secret],
      windowsConfiguration: { additionalUnattendContent: [secret] },
    },
  }
  const bench = new Bench([...NETWORK, ['PUT', 'nic/n', nic('vnet/v1/subnets/compute')]])
  const twice = bench.try(['PUT', 'vm/x', { ...body, properties }])
  assert.deepEqual(
    twice.findings.map(({ code }) => code),
    ['InvalidRequestFormat'],
    'one member in two spellings',
  )
  const { AdminPassWord: _twin, ...osProfile } = properties.osProfile
  bench.try(['PUT', 'vm/x', { ...body, properties: { ...properties, osProfile } }])
  const stored = bench.world.documents.get(VM, idText('vm/x'))
  assert.ok(stored)
  assert.ok(!JSON.stringify(stored).includes('S3cret'))
  assert.equal([...bench.world.topology.hosts.values()][0]?.hostname, 'box')
})

function withoutStamp(body: unknown): unknown {
  const { properties, ...rest } = body as { properties: { stampId?: string } }
  const { stampId: _stamp, ...others } = properties
  return { ...rest, properties: others }
}
