/**
 * Assigned facts: chosen once, here, and stored. What was chosen before stays while what it was chosen for stays: a NIC
 * keeps its address until its subnet changes (azure-facts C1.8).
 */
import type { Finding } from '../../base/findings/finding.ts'
import { formatAddress } from '../../base/net/address.ts'
import { formatPrefix } from '../../base/net/prefix.ts'
import { staticAddressMissing, subnetFull } from '../../model/findings/network.ts'
import type { DedicatedHsmProperties } from '../../model/resources/dedicated-hsms.ts'
import type { Assigned, Document, DocumentSet, JsonObject } from '../../model/resources/document.ts'
import type { HaGroupProperties } from '../../model/resources/ha-groups.ts'
import type { NetworkInterfaceProperties } from '../../model/resources/network-interfaces.ts'
import { sameId } from '../../model/resources/resource-id.ts'
import { firstFreeAddress } from '../../model/rules/addresses.ts'
import { STAMPS } from '../../model/rules/rule.ts'
import { propertiesOf } from '../../model/topology/linking.ts'
import type { Choices } from './choices.ts'
import type { World } from './world.ts'

export interface Assignment {
  /** With what was chosen for it. */
  readonly document: Document
  readonly findings: readonly Finding[]
}

interface Chosen {
  readonly assigned: Assigned
  readonly findings: readonly Finding[]
}

const HSM = 'Microsoft.HardwareSecurityModules/dedicatedHSMs'

/** 198.18.0.0/15, kept for tests of networks (RFC 2544): no address of it is anybody's on the real internet. */
const PUBLIC_POOL = { first: 0xc6120000, last: 0xc613ffff }

/** Facts for a new or replaced document. `previous` is what stood under its id. */
export function assign(document: Document, previous: Document | undefined, world: World, choices: Choices): Assignment {
  const { assigned, findings } = choose(document, previous, world, choices)
  const properties = document.type === HSM ? completeHsm(document.properties, assigned) : document.properties
  return { document: { ...document, properties, assigned }, findings }
}

function choose(document: Document, previous: Document | undefined, world: World, choices: Choices): Chosen {
  const kept: Assigned = previous?.assigned ?? { etag: '', guid: choices.guid() }
  const base: Assigned = { ...kept, etag: choices.guid() }
  switch (document.type) {
    case 'Microsoft.Network/networkInterfaces':
      return assignInterface(document, previous, base, world, choices)
    case 'Microsoft.Network/virtualNetworkGateways':
      return assignGateway(document, previous, base, world)
    case 'Microsoft.Network/publicIPAddresses':
      return {
        assigned: { ...base, address: base.address ?? freePublicAddress(world.documents) },
        findings: [],
      }
    case HSM:
      return assignHsm(document, base, world, choices)
    case 'Hsmnet.Local/haGroups':
      return { assigned: { ...base, serial: base.serial ?? groupSerial(document, world) }, findings: [] }
    default:
      return { assigned: base, findings: [] }
  }
}

function assignInterface(
  document: Document,
  previous: Document | undefined,
  base: Assigned,
  world: World,
  choices: Choices,
): Chosen {
  const { subnet, privateIPAddress, privateIPAllocationMethod } = configurationOf(document)
  const facts = { ...base, mac: base.mac ?? choices.mac() }
  if (privateIPAllocationMethod === 'Dynamic') {
    return withAddress(document, facts, subnet.id, keptAddress(previous, base, subnet.id), world)
  }
  if (privateIPAddress) return withAddress(document, facts, subnet.id, privateIPAddress, world)
  return { assigned: facts, findings: [staticAddressMissing(document.id, {})] }
}

function assignGateway(document: Document, previous: Document | undefined, base: Assigned, world: World): Chosen {
  const { subnet } = configurationOf(document)
  return withAddress(document, base, subnet.id, keptAddress(previous, base, subnet.id), world)
}

/** An address stays while its subnet does, whatever the configuration is called (azure-facts C1.8, A8.18). */
function keptAddress(previous: Document | undefined, { address }: Assigned, subnet: string): string | undefined {
  return previous && sameId(configurationOf(previous).subnet.id, subnet) ? address : undefined
}

function configurationOf(document: Document): NetworkInterfaceProperties['ipConfigurations'][number]['properties'] {
  const [configuration] = propertiesOf<NetworkInterfaceProperties>(document).ipConfigurations
  if (!configuration) throw new Error(`${document.id} was read without an ip configuration`)
  return configuration.properties
}

function assignHsm(document: Document, base: Assigned, world: World, choices: Choices): Chosen {
  const { networkProfile, stampId } = propertiesOf<DedicatedHsmProperties>(document)
  const facts = {
    ...base,
    mac: base.mac ?? choices.mac(),
    serial: base.serial ?? choices.serial(),
    stamp: base.stamp ?? stampId ?? emptiestStamp(document, world),
  }
  const given = networkProfile.networkInterfaces?.[0]?.privateIpAddress ?? undefined
  return withAddress(document, facts, networkProfile.subnet.id, base.address ?? given, world)
}

/** Takes `address`, or where there is none the first free one of the subnet. A missing subnet is a rule's to report. */
function withAddress(
  document: Document,
  base: Assigned,
  subnetId: string,
  address: string | undefined,
  world: World,
): Chosen {
  const subnet = world.topology.subnets.get(subnetId.toLowerCase())
  if (address === undefined && subnet) {
    const free = firstFreeAddress(world.topology, subnet.document.key)
    if (free !== null) return { assigned: { ...base, address: free }, findings: [] }
    const where = { subnet: subnet.document.id, prefix: formatPrefix(subnet.prefix) }
    return { assigned: base, findings: [subnetFull(document.id, where)] }
  }
  const { address: _before, ...rest } = base
  return { assigned: { ...rest, ...(address === undefined ? {} : { address }) }, findings: [] }
}

/**
 * What was left open is written down as it was chosen: only tags can change later (azure-facts A5.16), and a body that
 * was read and is sent back must say the same.
 */
function completeHsm(properties: JsonObject, { stamp, address }: Assigned): JsonObject {
  const profile = properties.networkProfile as JsonObject
  return {
    ...properties,
    stampId: properties.stampId ?? stamp ?? null,
    networkProfile: {
      ...profile,
      networkInterfaces: profile.networkInterfaces ?? [{ privateIpAddress: address ?? null }],
    },
  }
}

/** Two devices of one customer never share a rack (azure-facts A4.4): the stamp that holds the fewest of the region. */
function emptiestStamp(document: Document, world: World): string {
  const count = (stamp: string) =>
    [...world.topology.hsms.values()].filter(
      hsm => hsm.stamp === stamp && hsm.document.location === document.location && hsm.document.key !== document.key,
    ).length
  return STAMPS.reduce((best, stamp) => (count(stamp) < count(best) ? stamp : best))
}

/** As Luna: "1" and the primary member's serial number (pkcs11-rpc section 4). */
function groupSerial(document: Document, world: World): string {
  const primary = propertiesOf<HaGroupProperties>(document).members[0]?.id.toLowerCase() ?? ''
  return `1${world.topology.hsms.get(primary)?.serial ?? '0000000'}`
}

function freePublicAddress(documents: DocumentSet): string {
  const taken = new Set(
    [...documents.ofType('Microsoft.Network/publicIPAddresses').values()].map(other => other.assigned.address),
  )
  for (let address = PUBLIC_POOL.first + 4; address < PUBLIC_POOL.last; address++) {
    const text = formatAddress(address)
    if (!taken.has(text)) return text
  }
  throw new Error('every address of 198.18.0.0/15 is taken')
}
