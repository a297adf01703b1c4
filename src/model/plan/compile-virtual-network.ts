/**
 * One VNet's part: its router, its hosts, and, where it has an ExpressRoute gateway, the gateway's router, the circuits
 * and the stamps that hold its HSMs (design, decisions 6 and 7).
 */
import { formatAddress } from '../../base/net/address.ts'
import { formatPrefix } from '../../base/net/prefix.ts'
import type { Hsm } from '../topology/hsm.ts'
import type { Subnet } from '../topology/subnet.ts'
import { isGatewaySubnet, isHsmSubnet } from '../topology/subnet-roles.ts'
import type { HostOfNetwork, NetworkMembers } from './network-members.ts'
import type {
  ApplianceDaemon,
  ClientDaemon,
  PlanEndpoint,
  PlanLink,
  PlanPart,
  PlanPort,
  PlanRoute,
  PlanRouter,
  PlanTable,
} from './plan.ts'

/** The only machine until there are several. */
const MACHINE = 'local'
/** At NICs, as Azure's overlay leaves it room (design, decision 6). */
const NIC_MTU = 1400
const NTLS_PORT = 1792

export function compileVirtualNetwork(members: NetworkMembers): PlanPart {
  const { network, hosts } = members
  const key = network.document.key
  const subnets = new Map(network.subnets.map(subnet => [subnet.document.key, subnet]))
  const attachment = compileAttachment(members, subnets)
  const own = network.prefixes.map(formatPrefix).sort()
  const ordinary = sortedSubnets(network.subnets).filter(subnet => !isHsmSubnet(subnet))
  const tableOf = (id: string, ingress: PlanTable['ingress']): PlanTable => ({
    id,
    ingress,
    routes: own.map(prefix => ({ prefix, to: { kind: 'throw' } })),
  })
  const router: PlanRouter = {
    id: routerId(key),
    resource: key,
    machine: MACHINE,
    role: 'vnet',
    addresses: ordinary.map(gatewayAddress),
    prefixes: own,
    main: attachment.routesFromNetwork,
    tables: [
      tableOf(`${key}#table/self`, { kind: 'self' }),
      ...ordinary
        .filter(subnet => !isGatewaySubnet(subnet))
        .map(subnet => tableOf(`${subnet.document.key}#table`, { kind: 'subnet', subnet: subnet.document.key })),
      ...attachment.networkLinks.map(link => tableOf(`${link.id}#table`, { kind: 'link', link: link.id })),
    ],
  }
  return {
    id: key,
    routers: [router, ...attachment.routers],
    links: [...attachment.networkLinks, ...attachment.circuits],
    ports: [...hosts.flatMap(host => hostPort(host, subnets, routerId(key))), ...attachment.ports],
    endpoints: [...hosts.map(hostEndpoint), ...attachment.endpoints],
    daemons: [...attachment.daemons, ...hosts.flatMap(hostClient)],
  }
}

interface Attachment {
  readonly routers: readonly PlanRouter[]
  readonly networkLinks: readonly PlanLink[]
  readonly circuits: readonly PlanLink[]
  readonly ports: readonly PlanPort[]
  readonly endpoints: readonly PlanEndpoint[]
  readonly daemons: readonly ApplianceDaemon[]
  readonly routesFromNetwork: PlanRoute[]
}

/**
 * The HSMs' side. The VNet's router does not own the delegated prefix: it sends each device's /32 to the gateway, which
 * sends it over a circuit to the device's stamp; the rest of the prefix is unreachable (design, decision 7).
 */
function compileAttachment(members: NetworkMembers, subnets: ReadonlyMap<string, Subnet>): Attachment {
  const { network, gateways, hsms } = members
  const key = network.document.key
  const gateway = gateways.find(({ type }) => type === 'ExpressRoute')
  const ports = hsms.flatMap(hsm => hsmPort(hsm, subnets, stampId(key, hsm.stamp)))
  const endpoints = hsms.map(hsmEndpoint)
  const daemons = hsms.map(hsmDaemon)
  if (!gateway) {
    return { routers: [], networkLinks: [], circuits: [], ports, endpoints, daemons, routesFromNetwork: [] }
  }
  const gatewayKey = gateway.document.key
  const wire: PlanLink = {
    id: `${gatewayKey}#link`,
    resource: gatewayKey,
    ends: [routerId(key), routerId(gatewayKey)],
  }
  const toNetwork: PlanRoute = { prefix: '0.0.0.0/0', to: { kind: 'link', link: wire.id } }
  const byStamp = [...Map.groupBy(hsms, hsm => hsm.stamp)].sort(([a], [b]) => (a < b ? -1 : 1))
  const circuits = byStamp.map(
    ([stamp]): PlanLink => ({
      id: `${gatewayKey}#circuit/${stamp}`,
      resource: gatewayKey,
      ends: [routerId(gatewayKey), stampId(key, stamp)],
    }),
  )
  const hsmSubnets = sortedSubnets(network.subnets).filter(isHsmSubnet)
  const gatewayRouter: PlanRouter = {
    id: routerId(gatewayKey),
    resource: gatewayKey,
    machine: MACHINE,
    role: 'gateway',
    addresses: [gateway.address],
    prefixes: hsmSubnets.map(subnet => formatPrefix(subnet.prefix)),
    main: [
      ...hsms.map(
        (hsm): PlanRoute => ({
          prefix: `${hsm.address}/32`,
          to: { kind: 'link', link: `${gatewayKey}#circuit/${hsm.stamp}` },
        }),
      ),
      toNetwork,
    ],
    tables: [],
  }
  const stamps = byStamp.map(([stamp, held]): PlanRouter => {
    const heldSubnets = new Set(held.map(hsm => hsm.subnet))
    return {
      id: stampId(key, stamp),
      resource: gatewayKey,
      machine: MACHINE,
      role: 'stamp',
      addresses: hsmSubnets.filter(subnet => heldSubnets.has(subnet.document.key)).map(gatewayAddress),
      prefixes: [],
      main: [{ prefix: '0.0.0.0/0', to: { kind: 'link', link: `${gatewayKey}#circuit/${stamp}` } }],
      tables: [],
    }
  })
  return {
    routers: [gatewayRouter, ...stamps],
    networkLinks: [wire],
    circuits,
    ports,
    endpoints,
    daemons,
    routesFromNetwork: [gateway.address, ...hsms.map(hsm => hsm.address)].map(address => ({
      prefix: `${address}/32`,
      to: { kind: 'link', link: wire.id },
    })),
  }
}

function hsmPort(hsm: Hsm, subnets: ReadonlyMap<string, Subnet>, router: string): PlanPort[] {
  const subnet = subnets.get(hsm.subnet)
  if (!subnet) return []
  const { key } = hsm.document
  return [
    {
      id: `${key}#port`,
      resource: key,
      router,
      endpoint: `${key}#endpoint`,
      subnet: hsm.subnet,
      address: hsm.address,
      prefixLength: subnet.prefix.length,
      gateway: gatewayAddress(subnet),
      mac: hsm.mac,
      mtu: NIC_MTU,
    },
  ]
}

function hsmEndpoint({ document, hostname }: Hsm): PlanEndpoint {
  return { id: `${document.key}#endpoint`, resource: document.key, machine: MACHINE, kind: 'appliance', hostname }
}

function hsmDaemon({ document, hostname, address, serial }: Hsm): ApplianceDaemon {
  return {
    kind: 'appliance',
    id: `${document.key}#appliance`,
    resource: document.key,
    machine: MACHINE,
    endpoint: `${document.key}#endpoint`,
    hostname,
    address,
    serial,
  }
}

function hostPort({ host, nic }: HostOfNetwork, subnets: ReadonlyMap<string, Subnet>, router: string): PlanPort[] {
  const subnet = subnets.get(nic.subnet)
  if (!subnet) return []
  return [
    {
      id: `${nic.document.key}#port`,
      resource: nic.document.key,
      router,
      endpoint: `${host.document.key}#endpoint`,
      subnet: nic.subnet,
      address: nic.address,
      prefixLength: subnet.prefix.length,
      gateway: gatewayAddress(subnet),
      mac: nic.mac,
      mtu: NIC_MTU,
    },
  ]
}

function hostEndpoint({ host }: HostOfNetwork): PlanEndpoint {
  const { key } = host.document
  return { id: `${key}#endpoint`, resource: key, machine: MACHINE, kind: 'host', hostname: host.hostname }
}

function hostClient({ host, groups }: HostOfNetwork): ClientDaemon[] {
  if (groups.length === 0) return []
  const { key } = host.document
  return [
    {
      kind: 'client',
      id: `${key}#client`,
      resource: key,
      machine: MACHINE,
      endpoint: `${key}#endpoint`,
      hostname: host.hostname,
      slots: groups.map(({ group, members }) => ({
        group: group.document.key,
        label: group.document.name,
        serial: group.serial,
        members: members.map(hsm => ({
          hsm: hsm.document.key,
          hostname: hsm.hostname,
          address: hsm.address,
          port: NTLS_PORT,
        })),
      })),
    },
  ]
}

function routerId(key: string): string {
  return `${key}#router`
}

function stampId(network: string, stamp: string): string {
  return `${network}#stamp/${stamp}`
}

/** The default gateway of a subnet: its second address (azure-facts C2.1). */
function gatewayAddress(subnet: Subnet): string {
  return formatAddress(subnet.prefix.first + 1)
}

function sortedSubnets(subnets: readonly Subnet[]): Subnet[] {
  return [...subnets].sort((a, b) => a.prefix.first - b.prefix.first)
}
