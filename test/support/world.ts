/** Builds worlds for tests by the product's own pipeline: what a row says is PUT or DELETE is admitted, not faked. */
import type { Finding } from '../../src/base/findings/finding.ts'
import { type Admission, admit } from '../../src/control/admit/admit.ts'
import { countedChoices } from '../../src/control/admit/choices.ts'
import { EMPTY_WORLD, type World } from '../../src/control/admit/world.ts'
import { parseResourceId, type ResourceId } from '../../src/model/resources/resource-id.ts'
import { AZURE_LIMITS, type Facts } from '../../src/model/rules/rule.ts'

export const SUBSCRIPTION = '/subscriptions/s1'
export const GROUP = `${SUBSCRIPTION}/resourceGroups/rg`
export const DELEGATED = [
  { name: 'hsm', properties: { serviceName: 'Microsoft.HardwareSecurityModules/dedicatedHSMs' } },
]

/** `vnet/v` and the like → full ids: short names keep rows on one line. */
const KINDS: { readonly [kind: string]: string } = {
  vnet: 'Microsoft.Network/virtualNetworks',
  nsg: 'Microsoft.Network/networkSecurityGroups',
  rt: 'Microsoft.Network/routeTables',
  pip: 'Microsoft.Network/publicIPAddresses',
  nic: 'Microsoft.Network/networkInterfaces',
  gw: 'Microsoft.Network/virtualNetworkGateways',
  vm: 'Microsoft.Compute/virtualMachines',
  hsm: 'Microsoft.HardwareSecurityModules/dedicatedHSMs',
  ha: 'Hsmnet.Local/haGroups',
}

/** `vnet/v`, `vnet/v1/subnets/a`, `rg/other`, `rg2:vm/x` (in another group), or a full id. */
export function idText(short: string): string {
  if (short.startsWith('/')) return short
  const [scope, path] = short.includes(':') ? short.split(':', 2) : ['rg', short]
  const [kind, ...rest] = (path ?? '').split('/')
  if (kind === 'rg') return `${SUBSCRIPTION}/resourceGroups/${rest[0]}`
  return `${SUBSCRIPTION}/resourceGroups/${scope}/providers/${KINDS[kind ?? ''] ?? kind}/${rest.join('/')}`
}

export function id(short: string): ResourceId {
  const parsed = parseResourceId(idText(short))
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.value
}

export function ref(short: string): { id: string } {
  return { id: idText(short) }
}

export const vnet = (prefixes: readonly string[], subnets?: readonly object[], more: object = {}) => ({
  location: 'eastus',
  properties: { addressSpace: { addressPrefixes: prefixes }, ...(subnets ? { subnets } : {}), ...more },
})
export const subnet = (name: string, addressPrefix: string, more: object = {}) => ({
  name,
  properties: { addressPrefix, ...more },
})
export const nic = (subnetName: string, address?: string, location = 'eastus') => ({
  location,
  properties: {
    ipConfigurations: [
      {
        name: 'ip',
        properties: {
          subnet: ref(subnetName),
          ...(address ? { privateIPAllocationMethod: 'Static', privateIPAddress: address } : {}),
        },
      },
    ],
  },
})
export const vm = (nicName: string) => ({
  location: 'eastus',
  properties: { networkProfile: { networkInterfaces: [ref(nicName)] } },
})
export const gateway = (subnetName: string, more: object = {}) => ({
  location: 'eastus',
  properties: {
    gatewayType: 'ExpressRoute',
    sku: { name: 'Standard', tier: 'Standard' },
    ipConfigurations: [{ name: 'default', properties: { subnet: ref(subnetName) } }],
    ...more,
  },
})
export const hsm = (
  subnetName: string,
  more: { stamp?: string; ip?: string; location?: string; sku?: string } = {},
) => ({
  location: more.location ?? 'eastus',
  sku: { name: more.sku ?? 'SafeNet Luna Network HSM A790' },
  properties: {
    networkProfile: {
      subnet: ref(subnetName),
      ...(more.ip ? { networkInterfaces: [{ privateIpAddress: more.ip }] } : {}),
    },
    ...(more.stamp ? { stampId: more.stamp } : {}),
  },
})
export const haGroup = (members: readonly string[], hosts: readonly string[]) => ({
  properties: { members: members.map(ref), hosts: hosts.map(ref) },
})

export type Step = readonly ['PUT', string, unknown] | readonly ['DELETE', string]

export const FACTS: Facts = {
  ready: () => true,
  device: () => ({ zeroized: true, label: null }),
  limits: AZURE_LIMITS,
}

/** A world under test, changed step by step. */
export class Bench {
  world: World = EMPTY_WORLD
  facts: Facts
  readonly #choices = countedChoices()

  constructor(steps: readonly Step[] = [], facts: Facts = FACTS) {
    this.facts = facts
    for (const step of steps) {
      const { findings } = this.try(step)
      const refused = findings.find(({ severity }) => severity === 'error')
      if (refused) throw new Error(`${step[0]} ${step[1]} was refused: ${refused.code} ${refused.message}`)
    }
  }

  /** Admits one step; the world changes unless a finding refuses. */
  try(step: Step): Admission {
    const request =
      step[0] === 'PUT'
        ? ({ kind: 'put', id: id(step[1]), body: step[2] } as const)
        : ({ kind: 'delete', id: id(step[1]) } as const)
    const admission = admit(this.world, request, this.facts, this.#choices)
    this.world = admission.world
    return admission
  }
}

export function codes(findings: readonly Finding[]): string[] {
  return findings.filter(({ severity }) => severity === 'error').map(({ code }) => code)
}

/** The tutorial's network (azure-facts A7.3), with its gateway, two HSMs and a VM. */
export const NETWORK: readonly Step[] = [
  ['PUT', 'rg/rg', { location: 'eastus' }],
  [
    'PUT',
    'vnet/v1',
    vnet(
      ['10.2.0.0/16'],
      [
        subnet('compute', '10.2.0.0/24'),
        subnet('hsm', '10.2.1.0/24', { delegations: DELEGATED }),
        subnet('GatewaySubnet', '10.2.255.0/26'),
      ],
    ),
  ],
]
export const GATEWAY: Step = ['PUT', 'gw/er', gateway('vnet/v1/subnets/GatewaySubnet')]
export const HOST: readonly Step[] = [
  ['PUT', 'nic/vm1-nic', nic('vnet/v1/subnets/compute')],
  ['PUT', 'vm/vm1', vm('nic/vm1-nic')],
]
export const PAIR: readonly Step[] = [
  ...NETWORK,
  GATEWAY,
  ['PUT', 'hsm/hsm1', hsm('vnet/v1/subnets/hsm', { stamp: 'stamp1' })],
  ['PUT', 'hsm/hsm2', hsm('vnet/v1/subnets/hsm', { stamp: 'stamp2' })],
  ...HOST,
  ['PUT', 'ha/signing', haGroup(['hsm/hsm1'], ['vm/vm1'])],
]
