/** Two tenants may have the same addresses; neither reaches the other's devices. */
import type { Instance } from '../support/hsmnet.ts'
import { check } from './report.ts'

const TENANT = [
  {
    type: 'Microsoft.Network/virtualNetworks',
    apiVersion: '2023-09-01',
    name: 'tenant-vnet',
    location: 'eastus',
    properties: {
      addressSpace: { addressPrefixes: ['10.2.0.0/16'] },
      subnets: [{ name: 'compute', properties: { addressPrefix: '10.2.0.0/24' } }],
    },
  },
  {
    type: 'Microsoft.Network/networkInterfaces',
    apiVersion: '2023-09-01',
    name: 'vm2-nic',
    location: 'eastus',
    dependsOn: ['tenant-vnet'],
    properties: {
      ipConfigurations: [
        {
          name: 'ip',
          properties: {
            subnet: { id: "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'tenant-vnet', 'compute')]" },
          },
        },
      ],
    },
  },
  {
    type: 'Microsoft.Compute/virtualMachines',
    apiVersion: '2023-09-01',
    name: 'vm2',
    location: 'eastus',
    dependsOn: ['vm2-nic'],
    properties: {
      networkProfile: {
        networkInterfaces: [{ id: "[resourceId('Microsoft.Network/networkInterfaces', 'vm2-nic')]" }],
      },
    },
  },
]

export async function secondTenant(instance: Instance): Promise<void> {
  const up = await instance.run(['up', instance.template('tenant', TENANT), '-g', 'tenant2'])
  check('a second tenant stands, in 10.2.0.0/16 as well', up.code === 0, up.stderr.trim())
  const addresses = await Promise.all(
    ['vm1', 'vm2'].map(host => instance.exec(host, ['ip', '-4', '-br', 'addr', 'show', 'eth0'])),
  )
  const [first, second] = addresses.map(({ stdout }) => stdout.match(/[\d.]+\/\d+/)?.[0] ?? '')
  check('vm1 and vm2 have the same address', first !== '' && first === second, `${first} and ${second}`)
  for (const address of ['10.2.1.4', '10.2.1.5']) {
    for (const port of ['22', '1792']) {
      const before = await banner(instance, 'vm1', address, port)
      const refused = await banner(instance, 'vm2', address, port)
      const after = await banner(instance, 'vm1', address, port)
      // A no counts only while the same listener answers one who may.
      check(
        `${address}:${port} answers vm1, before and after it does not answer vm2`,
        before === 'open' && after === 'open' && refused !== 'open',
        `vm2: ${refused}`,
      )
    }
  }
}

/** Whether a TCP connection opens, by bash alone. */
async function banner(instance: Instance, host: string, address: string, port: string): Promise<string> {
  const ran = await instance.exec(host, [
    ...['timeout', '3', 'bash', '-c', 'exec 3<>"/dev/tcp/$1/$2" && echo open', 'bash', address, port],
  ])
  return ran.stdout.trim() || (ran.stderr.match(/: ([^:\n]+)\n?$/)?.[1] ?? `exit code ${ran.code}`)
}
