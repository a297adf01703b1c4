/** What Azure refuses, refused here before anything changes, with its code and how to mend it. */
import type { Instance } from '../support/hsmnet.ts'
import { check } from './report.ts'

const NETWORK = 'Microsoft.Network/virtualNetworks'
const HSM_SUBNET = "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'hsm-vnet', 'hsmsubnet')]"
const COMPUTE = "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'hsm-vnet', 'compute')]"
const DELEGATIONS = [{ name: 'hsm', properties: { serviceName: 'Microsoft.HardwareSecurityModules/dedicatedHSMs' } }]

const hsm = (name: string, subnet: string, more: { stampId?: string; ip?: string } = {}) => ({
  type: 'Microsoft.HardwareSecurityModules/dedicatedHSMs',
  apiVersion: '2021-11-30',
  name,
  location: 'eastus',
  sku: { name: 'SafeNet Luna Network HSM A790' },
  properties: {
    networkProfile: {
      subnet: { id: subnet },
      ...(more.ip ? { networkInterfaces: [{ privateIpAddress: more.ip }] } : {}),
    },
    ...(more.stampId ? { stampId: more.stampId } : {}),
  },
})
const hsmSubnet = (more: object) => ({
  type: `${NETWORK}/subnets`,
  apiVersion: '2023-09-01',
  name: 'hsm-vnet/hsmsubnet',
  properties: { addressPrefix: '10.2.1.0/24', delegations: DELEGATIONS, ...more },
})
const recorded = (type: string, name: string) => ({ type, apiVersion: '2023-09-01', name, location: 'eastus' })
const bareNetwork = {
  type: NETWORK,
  apiVersion: '2023-09-01',
  name: 'bare-vnet',
  location: 'eastus',
  properties: {
    addressSpace: { addressPrefixes: ['10.9.0.0/16'] },
    subnets: [{ name: 'hsm', properties: { addressPrefix: '10.9.1.0/24', delegations: DELEGATIONS } }],
  },
}

const table: readonly (readonly [what: string, code: string, resources: readonly unknown[]])[] = [
  ['an HSM in a subnet without delegation', 'SubnetMissingRequiredDelegation', [hsm('hsm-x', COMPUTE)]],
  [
    'an HSM where there is no ExpressRoute gateway',
    'GatewayNotReady',
    [
      bareNetwork,
      {
        ...hsm('hsm-x', "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'bare-vnet', 'hsm')]"),
        dependsOn: ['bare-vnet'],
      },
    ],
  ],
  [
    'a third HSM in one stamp',
    'QuotaExceeded',
    [hsm('hsm-x', HSM_SUBNET, { stampId: 'stamp1' }), hsm('hsm-y', HSM_SUBNET, { stampId: 'stamp1' })],
  ],
  [
    'an HSM with an address that is taken',
    'PrivateIPAddressIsAllocated',
    [hsm('hsm-x', HSM_SUBNET, { ip: '10.2.1.4' })],
  ],
  ['an HSM with a reserved address', 'PrivateIPAddressInReservedRange', [hsm('hsm-x', HSM_SUBNET, { ip: '10.2.1.3' })]],
  [
    'a network security group on the HSM subnet',
    'NetworkIntentPolicyViolation',
    [
      recorded('Microsoft.Network/networkSecurityGroups', 'nsg-x'),
      hsmSubnet({ networkSecurityGroup: { id: "[resourceId('Microsoft.Network/networkSecurityGroups', 'nsg-x')]" } }),
    ],
  ],
  [
    'a route table on the HSM subnet',
    'NetworkIntentPolicyViolation',
    [
      recorded('Microsoft.Network/routeTables', 'rt-x'),
      hsmSubnet({ routeTable: { id: "[resourceId('Microsoft.Network/routeTables', 'rt-x')]" } }),
    ],
  ],
  [
    'a network interface in the HSM subnet',
    'SubnetDelegatedToDedicatedHsms',
    [
      {
        type: 'Microsoft.Network/networkInterfaces',
        apiVersion: '2023-09-01',
        name: 'nic-x',
        location: 'eastus',
        properties: { ipConfigurations: [{ name: 'ip', properties: { subnet: { id: HSM_SUBNET } } }] },
      },
    ],
  ],
]

export async function refusals(instance: Instance): Promise<void> {
  const before = await wanted(instance)
  for (const [what, code, resources] of table) {
    // A dependsOn orders what a reference orders in a real template.
    const withOrder = resources.map((resource, at) =>
      at > 0 && typeof resource === 'object' && resource !== null && !('dependsOn' in resource)
        ? { ...resource, dependsOn: at === 0 ? [] : namesBefore(resources, at) }
        : resource,
    )
    const up = await instance.run(['up', instance.template('refused', withOrder)])
    const line = up.stderr.split('\n').find(text => text.includes(`${code}:`)) ?? ''
    const remedy = line.split('Remedy: ')[1] ?? ''
    check(`refused: ${what}`, up.code === 3 && remedy.length > 10, `${code}: ${remedy || up.stderr.trim()}`)
  }
  check('all of this changed nothing', (await wanted(instance)) === before)
}

function namesBefore(resources: readonly unknown[], at: number): string[] {
  return resources.slice(0, at).flatMap(resource => {
    const name = (resource as { name: string }).name
    return name.startsWith('hsm-') ? [] : [name]
  })
}

async function wanted(instance: Instance): Promise<string> {
  const { resources } = (await instance.json(['status'])) as { resources: { id: string; state: string }[] }
  return JSON.stringify(resources.map(({ id, state }) => [id, state]))
}
