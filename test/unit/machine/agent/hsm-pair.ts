/** The plan of hsm-pair (azure-facts A7), by hand: one VNet, a VM, and an HSM in each of two stamps. */
import type { Plan, PlanPart } from '../../../../src/model/plan/plan.ts'

const GROUP = '/subscriptions/0000/resourcegroups/rg1/providers'

/** @param tenant names the VNet, so that several may stand side by side with the same addresses. */
export function hsmPairPart(tenant = 'a'): PlanPart {
  const vnet = `${GROUP}/microsoft.network/virtualnetworks/vnet-${tenant}`
  const er = `${GROUP}/microsoft.network/virtualnetworkgateways/er-${tenant}`
  const vm = `${GROUP}/microsoft.compute/virtualmachines/vm1-${tenant}`
  const hsm = (n: number) => `${GROUP}/microsoft.hardwaresecuritymodules/dedicatedhsms/hsm${n}-${tenant}`
  const group = `${GROUP}/hsmnet.local/hagroups/ha-${tenant}`
  const stamp = (n: number) => `${vnet}#stamp/${n}`
  const compute = `${vnet}/subnets/compute`
  const delegated = `${vnet}/subnets/hsmsubnet`
  const toGateway = `${vnet}#link/gateway`
  const toStamp = (n: number) => `${vnet}#link/stamp${n}`
  const machine = 'local'
  const address = (n: number) => `10.2.1.${3 + n}`
  const own = { prefix: '10.2.0.0/16', to: { kind: 'throw' } } as const
  const via = (prefix: string, link: string) => ({ prefix, to: { kind: 'link', link } }) as const

  return {
    id: vnet,
    routers: [
      {
        id: vnet,
        resource: vnet,
        machine,
        role: 'vnet',
        addresses: ['10.2.0.1'],
        prefixes: ['10.2.0.0/16'],
        main: [via('10.2.1.4/32', toGateway), via('10.2.1.5/32', toGateway), via('10.2.255.4/32', toGateway)],
        tables: [
          { id: `${vnet}#table/self`, ingress: { kind: 'self' }, routes: [own] },
          { id: `${vnet}#table/compute`, ingress: { kind: 'subnet', subnet: compute }, routes: [own] },
          { id: `${vnet}#table/gateway`, ingress: { kind: 'link', link: toGateway }, routes: [own] },
        ],
      },
      {
        id: er,
        resource: er,
        machine,
        role: 'gateway',
        addresses: ['10.2.255.4'],
        prefixes: ['10.2.1.0/24'],
        main: [
          via('10.2.1.4/32', toStamp(1)),
          via('10.2.1.5/32', toStamp(2)),
          { prefix: '10.2.1.0/24', to: { kind: 'unreachable' } },
          via('0.0.0.0/0', toGateway),
        ],
        tables: [],
      },
      ...[1, 2].map(n => ({
        id: stamp(n),
        resource: hsm(n),
        machine,
        role: 'stamp' as const,
        addresses: ['10.2.1.1'],
        prefixes: [],
        main: [via('0.0.0.0/0', toStamp(n))],
        tables: [],
      })),
    ],
    links: [
      { id: toGateway, resource: er, ends: [vnet, er] },
      { id: toStamp(1), resource: er, ends: [er, stamp(1)] },
      { id: toStamp(2), resource: er, ends: [er, stamp(2)] },
    ],
    ports: [
      {
        id: `${vm}#nic/eth0`,
        resource: vm,
        router: vnet,
        endpoint: vm,
        subnet: compute,
        address: '10.2.0.4',
        prefixLength: 24,
        gateway: '10.2.0.1',
        mac: '00:0d:3a:00:00:04',
        mtu: 1400,
      },
      ...[1, 2].map(n => ({
        id: `${hsm(n)}#nic/eth0`,
        resource: hsm(n),
        router: stamp(n),
        endpoint: hsm(n),
        subnet: delegated,
        address: address(n),
        prefixLength: 24,
        gateway: '10.2.1.1',
        mac: `00:0d:3a:00:01:0${3 + n}`,
        mtu: 1400,
      })),
    ],
    endpoints: [
      { id: vm, resource: vm, machine, kind: 'host', hostname: 'vm1' },
      ...[1, 2].map(n => ({
        id: hsm(n),
        resource: hsm(n),
        machine,
        kind: 'appliance' as const,
        hostname: `hsm${n}`,
      })),
    ],
    daemons: [
      ...[1, 2].map(n => ({
        kind: 'appliance' as const,
        id: `${hsm(n)}#daemon/appliance`,
        resource: hsm(n),
        machine,
        endpoint: hsm(n),
        hostname: `hsm${n}`,
        address: address(n),
        serial: `70000${n}`,
      })),
      {
        kind: 'client',
        id: `${vm}#daemon/client`,
        resource: group,
        machine,
        endpoint: vm,
        hostname: 'vm1',
        slots: [
          {
            group,
            label: `ha-${tenant}`,
            serial: '1700001',
            members: [1, 2].map(n => ({ hsm: hsm(n), hostname: `hsm${n}`, address: address(n), port: 1792 })),
          },
        ],
      },
    ],
  }
}

export function hsmPairPlan(...tenants: readonly string[]): Plan {
  const parts = (tenants.length === 0 ? ['a'] : tenants).map(hsmPairPart)
  return { parts: Object.fromEntries(parts.map(part => [part.id, part])) }
}
