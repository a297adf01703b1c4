/** Every rule has its row: what stands, what is asked, which code refuses it; none where it is allowed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AZURE_LIMITS, type Facts } from '../../../../src/model/rules/rule.ts'
import {
  Bench,
  codes,
  DELEGATED,
  FACTS,
  GATEWAY,
  gateway,
  HOST,
  haGroup,
  hsm,
  NETWORK,
  nic,
  PAIR,
  ref,
  type Step,
  subnet,
  vm,
  vnet,
} from '../../../support/world.ts'

const LIVE: Facts = { ...FACTS, device: () => ({ zeroized: false, label: 'prod' }) }
const UNSEEN: Facts = { ...FACTS, device: () => 'unknown' }
const NOT_READY: Facts = { ...FACTS, ready: () => false }
const WIDE: Facts = { ...FACTS, limits: { ...AZURE_LIMITS, hsmsPerStamp: 99, hsmsPerRegion: 99 } }

const RG: readonly Step[] = [['PUT', 'rg/rg', { location: 'eastus' }]]
const H = 'vnet/v1/subnets/hsm'
const C = 'vnet/v1/subnets/compute'
const delegated = (prefix: string, more: object = {}) =>
  subnet('hsm', prefix, { delegations: DELEGATED, ...more }).properties
const hsms = (...names: readonly (readonly [string, string])[]): readonly Step[] =>
  names.map(([name, stamp]) => ['PUT', `hsm/${name}`, hsm(H, { stamp })])
const READY: readonly Step[] = [...NETWORK, GATEWAY]
const OTHER: readonly Step[] = [
  ['PUT', 'nsg/n', { location: 'eastus' }],
  ['PUT', 'rt/r', { location: 'eastus' }],
]

const table: readonly (readonly [
  name: string,
  before: readonly Step[],
  step: Step,
  expected: string[],
  facts?: Facts,
])[] = [
  // C1
  ['C1.3 multicast', RG, ['PUT', 'vnet/v1', vnet(['224.0.0.0/8'])], ['AddressPrefixNotAllowed']],
  ['C1.3 loopback inside', RG, ['PUT', 'vnet/v1', vnet(['127.0.0.0/16'])], ['AddressPrefixNotAllowed']],
  ['C1.3 link local', RG, ['PUT', 'vnet/v1', vnet(['169.254.0.0/16'])], ['AddressPrefixNotAllowed']],
  ['C1.3 the platform address', RG, ['PUT', 'vnet/v1', vnet(['168.63.129.0/24'])], ['AddressPrefixNotAllowed']],
  [
    'C1.4 prefixes overlap',
    RG,
    ['PUT', 'vnet/v1', vnet(['10.0.0.0/16', '10.0.1.0/24'])],
    ['NetcfgAddressPrefixesOverlap'],
  ],
  ['C1.4 several prefixes', RG, ['PUT', 'vnet/v1', vnet(['10.0.0.0/16', '10.1.0.0/16'])], []],
  [
    'C1.5 shrunk under a subnet',
    NETWORK,
    ['PUT', 'vnet/v1', vnet(['10.2.0.0/24'])],
    ['NetcfgInvalidSubnet', 'NetcfgInvalidSubnet'],
  ],
  ['C1.5 a prefix added', NETWORK, ['PUT', 'vnet/v1', vnet(['10.2.0.0/16', '10.3.0.0/16'])], []],
  ['C6.3 a name with !', RG, ['PUT', 'vnet/v!', vnet(['10.0.0.0/16'])], ['InvalidResourceName']],
  ['two networks, same addresses', NETWORK, ['PUT', 'vnet/w2', vnet(['10.2.0.0/16'])], []],
  // C2, J1.15
  ['J1.15 outside', NETWORK, ['PUT', 'vnet/v1/subnets/x', subnet('x', '10.9.0.0/24')], ['NetcfgInvalidSubnet']],
  ['J1.15 overlap', NETWORK, ['PUT', 'vnet/v1/subnets/x', subnet('x', '10.2.0.128/25')], ['NetcfgSubnetRangesOverlap']],
  ['J1.15 /30', NETWORK, ['PUT', 'vnet/v1/subnets/x', subnet('x', '10.2.9.0/30')], ['NetcfgInvalidSubnet']],
  ['C2.2 /29', NETWORK, ['PUT', 'vnet/v1/subnets/x', subnet('x', '10.2.9.0/29')], []],
  [
    'J1.15 inline',
    RG,
    ['PUT', 'vnet/v1', vnet(['10.0.0.0/16'], [subnet('a', '10.1.0.0/24')])],
    ['NetcfgInvalidSubnet'],
  ],
  [
    'C2.5 prefix of a used subnet',
    [...NETWORK, ...HOST],
    ['PUT', C, subnet('compute', '10.2.8.0/24')],
    ['InUsePrefixCannotBeDeleted'],
  ],
  ['C2.5 prefix of a free subnet', NETWORK, ['PUT', C, subnet('compute', '10.2.8.0/24')], []],
  ['J2.4 used subnet', [...NETWORK, ...HOST], ['DELETE', C], ['InUseSubnetCannotBeDeleted']],
  ['J2.4 free subnet', NETWORK, ['DELETE', C], []],
  [
    'J2.4 left out of its VNet',
    [...NETWORK, ...HOST],
    ['PUT', 'vnet/v1', vnet(['10.2.0.0/16'], [])],
    ['InUseSubnetCannotBeDeleted'],
  ],
  ['a VNet PUT without subnets keeps them', PAIR, ['PUT', 'vnet/v1', vnet(['10.2.0.0/16'])], []],
  ['C2.7 outside', NETWORK, ['PUT', 'nic/n', nic(C, '10.3.0.4')], ['PrivateIPAddressNotInSubnet']],
  ['C2.1 .0', NETWORK, ['PUT', 'nic/n', nic(C, '10.2.0.0')], ['PrivateIPAddressInReservedRange']],
  ['C2.1 .3', NETWORK, ['PUT', 'nic/n', nic(C, '10.2.0.3')], ['PrivateIPAddressInReservedRange']],
  ['C2.1 .4', NETWORK, ['PUT', 'nic/n', nic(C, '10.2.0.4')], []],
  ['C2.1 .255', NETWORK, ['PUT', 'nic/n', nic(C, '10.2.0.255')], ['PrivateIPAddressInReservedRange']],
  ['taken', [...NETWORK, ...HOST], ['PUT', 'nic/n', nic(C, '10.2.0.4')], ['PrivateIPAddressIsAllocated']],
  ['C1.1 NIC in another region', NETWORK, ['PUT', 'nic/n', nic(C, undefined, 'westus')], ['InvalidResourceRegion']],
  ['NIC of two machines', [...NETWORK, ...HOST], ['PUT', 'vm/vm2', vm('nic/vm1-nic')], ['NicAlreadyAttached']],
  ['NIC in use', [...NETWORK, ...HOST], ['DELETE', 'nic/vm1-nic'], ['NicInUse']],
  // C3, J1.10-J1.12
  [
    'J1.10 NSG on the HSM subnet',
    [...NETWORK, ...OTHER],
    ['PUT', H, { properties: delegated('10.2.1.0/24', { networkSecurityGroup: ref('nsg/n') }) }],
    ['NetworkIntentPolicyViolation'],
  ],
  [
    'J1.10 route table on it',
    [...NETWORK, ...OTHER],
    ['PUT', H, { properties: delegated('10.2.1.0/24', { routeTable: ref('rt/r') }) }],
    ['NetworkIntentPolicyViolation'],
  ],
  [
    'NSG on an ordinary subnet',
    [...NETWORK, ...OTHER],
    ['PUT', C, subnet('compute', '10.2.0.0/24', { networkSecurityGroup: ref('nsg/n') })],
    [],
  ],
  [
    'J1.13 NSG on GatewaySubnet',
    [...NETWORK, ...OTHER],
    [
      'PUT',
      'vnet/v1/subnets/GatewaySubnet',
      subnet('GatewaySubnet', '10.2.255.0/26', { networkSecurityGroup: ref('nsg/n') }),
    ],
    ['NetworkSecurityGroupCannotBeAttachedToGatewaySubnet'],
  ],
  [
    'J1.11 delegate a used subnet',
    [...NETWORK, ...HOST],
    ['PUT', C, subnet('compute', '10.2.0.0/24', { delegations: DELEGATED })],
    ['SubnetDelegationsCannotChangeWhenSubnetUsedByResource'],
  ],
  [
    'J1.11 delegate a free subnet',
    NETWORK,
    ['PUT', C, subnet('compute', '10.2.0.0/24', { delegations: DELEGATED })],
    [],
  ],
  [
    'J1.11 undelegate under an HSM',
    PAIR,
    ['PUT', H, subnet('hsm', '10.2.1.0/24')],
    ['SubnetDelegationsCannotChangeWhenSubnetUsedByResource'],
  ],
  ['J1.11 undelegate a free subnet', NETWORK, ['PUT', H, subnet('hsm', '10.2.1.0/24')], []],
  [
    'C3.2 unknown service',
    NETWORK,
    [
      'PUT',
      C,
      subnet('compute', '10.2.0.0/24', {
        delegations: [{ name: 'd', properties: { serviceName: 'Microsoft.Sql/managedInstances' } }],
      }),
    ],
    ['SubnetDelegationServiceUnknown'],
  ],
  ['J1.12 NIC in the HSM subnet', NETWORK, ['PUT', 'nic/n', nic(H)], ['SubnetDelegatedToDedicatedHsms']],
  [
    'C4.4 NIC in GatewaySubnet',
    NETWORK,
    ['PUT', 'nic/n', nic('vnet/v1/subnets/GatewaySubnet')],
    ['GatewaySubnetTakesOnlyGateways'],
  ],
  [
    'C4.4 GatewaySubnet delegated',
    NETWORK,
    ['PUT', 'vnet/v1/subnets/GatewaySubnet', subnet('GatewaySubnet', '10.2.255.0/26', { delegations: DELEGATED })],
    ['GatewaySubnetDelegated'],
  ],
  // C4, J1.16, J1.17, J2.2
  ['J1.16 wrong subnet', NETWORK, ['PUT', 'gw/er', gateway(C)], ['GatewaySubnetNameInvalid']],
  [
    'J1.17 a second one',
    READY,
    ['PUT', 'gw/er2', gateway('vnet/v1/subnets/GatewaySubnet')],
    ['VirtualNetworkAlreadyHasGatewayOfThisType'],
  ],
  ['J1.17 the same again', READY, GATEWAY, []],
  [
    'E1.4 SKU of the other type',
    NETWORK,
    ['PUT', 'gw/er', gateway('vnet/v1/subnets/GatewaySubnet', { sku: { name: 'VpnGw1' } })],
    ['InvalidGatewaySkuSpecified'],
  ],
  [
    'VPN carries nothing yet',
    NETWORK,
    ['PUT', 'gw/vpn', gateway('vnet/v1/subnets/GatewaySubnet', { gatewayType: 'Vpn', sku: { name: 'VpnGw1' } })],
    ['GatewayTypeNotSupported'],
  ],
  ['J2.2 gateway of live HSMs', PAIR, ['DELETE', 'gw/er'], ['GatewayInUseByDedicatedHsms']],
  ['J2.2 gateway alone', READY, ['DELETE', 'gw/er'], []],
  // A, J1.1-J1.9
  ['J1.1 no delegation', READY, ['PUT', 'hsm/h01', hsm(C)], ['SubnetMissingRequiredDelegation']],
  ['J1.2 no gateway', NETWORK, ['PUT', 'hsm/h01', hsm(H)], ['GatewayNotReady']],
  ['J1.2 gateway not Succeeded', READY, ['PUT', 'hsm/h01', hsm(H)], ['GatewayNotReady'], NOT_READY],
  ['J1.3 another region', READY, ['PUT', 'hsm/h01', hsm(H, { location: 'westus' })], ['InvalidResourceRegion']],
  ['J1.4 two letters', READY, ['PUT', 'hsm/h1', hsm(H)], ['InvalidResourceName']],
  ['J1.4 underscore', READY, ['PUT', 'hsm/h_01', hsm(H)], ['InvalidResourceName']],
  ['J1.4 25 letters', READY, ['PUT', `hsm/${'h'.repeat(25)}`, hsm(H)], ['InvalidResourceName']],
  [
    'J1.5 a third in a stamp',
    [...READY, ...hsms(['h01', 'stamp1'], ['h02', 'stamp1'])],
    ['PUT', 'hsm/h03', hsm(H, { stamp: 'stamp1' })],
    ['QuotaExceeded'],
  ],
  [
    'J1.5 a fifth in a region',
    [...READY, ...hsms(['h01', 'stamp1'], ['h02', 'stamp1'], ['h03', 'stamp2'], ['h04', 'stamp2'])],
    ['PUT', 'hsm/h05', hsm(H)],
    ['QuotaExceeded'],
  ],
  ['J1.6 the thirteenth', [], ['PUT', 'hsm/h13', hsm(H, { stamp: 'stamp1' })], ['StampCapacityExceeded'], WIDE],
  ['J1.7 outside', READY, ['PUT', 'hsm/h01', hsm(H, { ip: '10.2.2.4' })], ['PrivateIPAddressNotInSubnet']],
  ['J1.7 reserved', READY, ['PUT', 'hsm/h01', hsm(H, { ip: '10.2.1.1' })], ['PrivateIPAddressInReservedRange']],
  ['J1.7 taken', PAIR, ['PUT', 'hsm/h03', hsm(H, { ip: '10.2.1.4' })], ['PrivateIPAddressIsAllocated']],
  ['A5.13 payment SKU', READY, ['PUT', 'hsm/h01', hsm(H, { sku: 'payShield10K_LMK1_CPS60' })], ['SkuNotSupported']],
  ['A5.9 unknown stamp', READY, ['PUT', 'hsm/h01', hsm(H, { stamp: 'stamp9' })], ['StampNotFound']],
  ['A5.16 another stamp', PAIR, ['PUT', 'hsm/hsm1', hsm(H, { stamp: 'stamp2' })], ['PropertyChangeNotAllowed']],
  ['A5.16 another address', PAIR, ['PUT', 'hsm/hsm1', hsm(H, { ip: '10.2.1.99' })], ['PropertyChangeNotAllowed']],
  ['A5.16 tags', PAIR, ['PUT', 'hsm/hsm1', { ...hsm(H, { stamp: 'stamp1' }), tags: { a: 'b' } }], []],
  ['A5.18 its NIC is its own', PAIR, ['DELETE', 'nic/hsm1_HSMnic'], ['ResourceManagedByAnother']],
  ['A5.18 nobody else writes it', PAIR, ['PUT', 'nic/hsm1_HSMnic', nic(C)], ['ResourceManagedByAnother']],
  // J2
  ['J2.1 holds keys', PAIR.slice(0, -1), ['DELETE', 'hsm/hsm1'], ['HsmNotZeroized'], LIVE],
  ['J2.1 cannot be asked', PAIR.slice(0, -1), ['DELETE', 'hsm/hsm1'], ['HsmStateUnknown'], UNSEEN],
  ['J2.1 zeroized', PAIR.slice(0, -1), ['DELETE', 'hsm/hsm1'], []],
  ['J2.1 named by a group', PAIR, ['DELETE', 'hsm/hsm1'], ['InUseByHaGroup']],
  [
    'J2.3 address of a gateway',
    [
      ...NETWORK,
      ['PUT', 'pip/p', { location: 'eastus' }],
      [
        'PUT',
        'gw/er',
        gateway('vnet/v1/subnets/GatewaySubnet', {
          ipConfigurations: [
            { name: 'd', properties: { subnet: ref('vnet/v1/subnets/GatewaySubnet'), publicIPAddress: ref('pip/p') } },
          ],
        }),
      ],
    ],
    ['DELETE', 'pip/p'],
    ['PublicIPAddressCannotBeDeleted'],
  ],
  [
    'J2.5 network with HSMs',
    PAIR,
    ['DELETE', 'vnet/v1'],
    [
      'InUseSubnetCannotBeDeleted',
      'InUseSubnetCannotBeDeleted',
      'InUseSubnetCannotBeDeleted',
      'InUseSubnetCannotBeDeleted',
    ],
  ],
  ['J2.5 empty network', NETWORK, ['DELETE', 'vnet/v1'], []],
  ['J2.6 group with live HSMs', PAIR, ['DELETE', 'rg/rg'], ['ResourceGroupHoldsLiveHsms'], LIVE],
  ['J2.6 group with zeroized HSMs', PAIR, ['DELETE', 'rg/rg'], []],
  [
    'J2.6 group that another group uses',
    [...READY, ['PUT', 'rg/rg2', { location: 'eastus' }], ['PUT', 'rg2:hsm/h01', hsm(H)]],
    ['DELETE', 'rg/rg'],
    ['ResourceGroupInUse'],
  ],
  // what was found by trying
  [
    'C2.2 larger than /8',
    [...RG, ['PUT', 'vnet/v1', vnet(['16.0.0.0/4'])]],
    ['PUT', 'vnet/v1/subnets/x', subnet('x', '16.0.0.0/5')],
    ['NetcfgInvalidSubnet'],
  ],
  [
    'C3.2 two delegations',
    NETWORK,
    ['PUT', C, subnet('compute', '10.2.0.0/24', { delegations: [...DELEGATED, { ...DELEGATED[0], name: 'b' }] })],
    ['SubnetDelegationsLimitExceeded'],
  ],
  [
    'two prefixes that differ',
    NETWORK,
    ['PUT', C, subnet('compute', '10.2.0.0/24', { addressPrefixes: ['10.2.8.0/24'] })],
    ['InvalidRequestFormat'],
  ],
  [
    'J1.10 in another spelling',
    [...NETWORK, ...OTHER],
    ['PUT', H, { Properties: delegated('10.2.1.0/24', { NetworkSecurityGroup: ref('nsg/n') }) }],
    ['NetworkIntentPolicyViolation'],
  ],
  [
    'a member twice',
    NETWORK,
    ['PUT', H, { properties: { ...delegated('10.2.1.0/24'), Delegations: [] } }],
    ['InvalidRequestFormat'],
  ],
  ['a machine on the NIC of an HSM', PAIR, ['PUT', 'vm/evil', vm('nic/hsm1_HSMnic')], ['ResourceManagedByAnother']],
  [
    'a gateway asks for an address',
    NETWORK,
    [
      'PUT',
      'gw/er',
      gateway('vnet/v1/subnets/GatewaySubnet', {
        ipConfigurations: [
          {
            name: 'd',
            properties: {
              subnet: ref('vnet/v1/subnets/GatewaySubnet'),
              privateIPAllocationMethod: 'Static',
              privateIPAddress: '10.2.255.30',
            },
          },
        ],
      }),
    ],
    ['GatewayAddressMustBeDynamic'],
  ],
  [
    'an address of another region',
    [...NETWORK, ['PUT', 'pip/p', { location: 'westus' }]],
    [
      'PUT',
      'gw/er',
      gateway('vnet/v1/subnets/GatewaySubnet', {
        ipConfigurations: [
          { name: 'd', properties: { subnet: ref('vnet/v1/subnets/GatewaySubnet'), publicIPAddress: ref('pip/p') } },
        ],
      }),
    ],
    ['PublicIPAddressInAnotherRegion'],
  ],
  [
    'no such region',
    RG,
    ['PUT', 'vnet/v1', { ...vnet(['10.0.0.0/16']), location: 'mars' }],
    ['LocationNotAvailableForResourceType'],
  ],
  [
    'A4.5 no HSMs there',
    RG,
    ['PUT', 'hsm/h01', hsm(H, { location: 'westus3' })],
    ['LocationNotAvailableForResourceType'],
  ],
  ['".." in a name', RG, ['PUT', 'vnet/a..b', vnet(['10.0.0.0/16'])], ['InvalidResourceName']],
  [
    '".." in a subnet',
    RG,
    ['PUT', 'vnet/v1', vnet(['10.0.0.0/16'], [subnet('a..b', '10.0.0.0/24')])],
    ['InvalidResourceName'],
  ],
  ['".." in a group', [], ['PUT', 'rg/a..b', { location: 'eastus' }], ['InvalidResourceName']],
  [
    'peerings carry nothing yet',
    RG,
    ['PUT', 'vnet/v1', vnet(['10.0.0.0/16'], [], { virtualNetworkPeerings: [{ name: 'p' }] })],
    ['InvalidRequestFormat'],
  ],
  [
    'J1.9 management profile',
    READY,
    ['PUT', 'hsm/h01', { ...hsm(H), properties: { ...hsm(H).properties, managementNetworkProfile: {} } }],
    ['ManagementNetworkProfileNotSupported'],
  ],
  [
    'J1.7 subnet full',
    [
      ...READY,
      ['PUT', 'vnet/v1/subnets/small', subnet('small', '10.2.9.0/29')],
      ...['a1', 'a2', 'a3'].map((name): Step => ['PUT', `nic/${name}`, nic('vnet/v1/subnets/small')]),
    ],
    ['PUT', 'nic/a4', nic('vnet/v1/subnets/small')],
    ['SubnetIsFull'],
  ],
  [
    'a name that the NIC of an HSM needs',
    [...READY, ['PUT', 'nic/h01_HSMnic', nic(C)]],
    ['PUT', 'hsm/h01', hsm(H)],
    ['HsmNicNameTaken'],
  ],
  [
    'Static without an address',
    NETWORK,
    [
      'PUT',
      'nic/n',
      {
        location: 'eastus',
        properties: {
          ipConfigurations: [{ name: 'i', properties: { subnet: ref(C), privateIPAllocationMethod: 'Static' } }],
        },
      },
    ],
    ['PrivateIPAddressRequired'],
  ],
  [
    'NSG in use',
    [...NETWORK, ...OTHER, ['PUT', C, subnet('compute', '10.2.0.0/24', { networkSecurityGroup: ref('nsg/n') })]],
    ['DELETE', 'nsg/n'],
    ['InUseCannotBeDeleted'],
  ],
  [
    'one host twice in a group',
    PAIR,
    ['PUT', 'ha/g', haGroup(['hsm/hsm2'], ['vm/vm1', 'vm/vm1'])],
    ['HaGroupRepeatsReference'],
  ],
  ['two groups of one HSM on a host', PAIR, ['PUT', 'ha/g', haGroup(['hsm/hsm1'], ['vm/vm1'])], ['HaGroupMemberTaken']],
  [
    'two groups of one name on a host',
    [...PAIR, ['PUT', 'rg/rg2', { location: 'eastus' }]],
    ['PUT', 'rg2:ha/signing', haGroup(['hsm/hsm2'], ['vm/vm1'])],
    ['HaGroupLabelTaken'],
  ],
  [
    'A5.16 an interface without an address asks for nothing',
    PAIR,
    [
      'PUT',
      'hsm/hsm1',
      { ...hsm(H), properties: { ...hsm(H).properties, networkProfile: { subnet: ref(H), networkInterfaces: [{}] } } },
    ],
    [],
  ],
  ['A5.16 without SKU', PAIR, ['PUT', 'hsm/hsm1', { location: 'eastus', properties: hsm(H).properties }], []],
  // references and requests
  ['reference to nothing', NETWORK, ['PUT', 'nic/n', nic('vnet/v1/subnets/nothing')], ['InvalidResourceReference']],
  [
    'group of nothing',
    NETWORK,
    ['PUT', 'ha/g', haGroup(['hsm/none'], ['vm/none'])],
    ['InvalidResourceReference', 'InvalidResourceReference'],
  ],
  [
    'unknown type',
    RG,
    [
      'PUT',
      `/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/a`,
      { location: 'eastus' },
    ],
    ['InvalidResourceType'],
  ],
  ['no such group', [], ['PUT', 'vnet/v2', vnet(['10.0.0.0/16'])], ['ResourceGroupNotFound']],
  ['no such parent', RG, ['PUT', 'vnet/v2/subnets/a', subnet('a', '10.0.0.0/24')], ['ParentResourceNotFound']],
  [
    'no location',
    RG,
    ['PUT', 'vnet/v2', { properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } } }],
    ['LocationRequired'],
  ],
  ['moved', NETWORK, ['PUT', 'vnet/v1', { ...vnet(['10.2.0.0/16']), location: 'westus' }], ['InvalidResourceLocation']],
]

/** Twelve HSMs in a stamp need more than one subscription's quota, and more than the table's width. */
const FULL_STAMP: readonly Step[] = [
  ...READY,
  ...Array.from({ length: 12 }, (_, at): Step => ['PUT', `hsm/h${String(at + 10)}x`, hsm(H, { stamp: 'stamp1' })]),
]

for (const [name, before, step, expected, facts] of table) {
  test(name, () => {
    const bench = new Bench(name.startsWith('J1.6') ? FULL_STAMP : before, name.startsWith('J1.6') ? WIDE : FACTS)
    bench.facts = facts ?? FACTS
    const world = bench.world
    const { findings } = bench.try(step)
    assert.deepEqual(codes(findings), expected)
    if (expected.length > 0) assert.equal(bench.world, world, 'a refused change changes nothing')
    for (const { remedy, message } of findings) assert.ok(remedy.length > 10 && message.length > 10)
  })
}
