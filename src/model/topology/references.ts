/** What documents refer to: one table, so that a missing target and a target in use are each found in one place. */
import type { Document, Json, JsonObject } from '../resources/document.ts'

export interface Reference {
  /** Where in the body: `properties.networkProfile.subnet.id`. */
  readonly place: string
  readonly id: string
  /** The type that the target must have. */
  readonly type: string
}

const SUBNET = 'Microsoft.Network/virtualNetworks/subnets'
const GROUP = 'Microsoft.Network/networkSecurityGroups'
const PUBLIC_IP = 'Microsoft.Network/publicIPAddresses'
const NIC = 'Microsoft.Network/networkInterfaces'
const VM = 'Microsoft.Compute/virtualMachines'
const HSM = 'Microsoft.HardwareSecurityModules/dedicatedHSMs'

/** By lower-case type: the paths of its references below `properties`; `*` stands for each item of a list. */
const PATHS: { readonly [type: string]: readonly (readonly [path: string, type: string])[] } = {
  'microsoft.network/virtualnetworks/subnets': [
    ['networkSecurityGroup', GROUP],
    ['routeTable', 'Microsoft.Network/routeTables'],
  ],
  'microsoft.network/networkinterfaces': [
    ['ipConfigurations.*.properties.subnet', SUBNET],
    ['ipConfigurations.*.properties.publicIPAddress', PUBLIC_IP],
    ['networkSecurityGroup', GROUP],
  ],
  'microsoft.network/virtualnetworkgateways': [
    ['ipConfigurations.*.properties.subnet', SUBNET],
    ['ipConfigurations.*.properties.publicIPAddress', PUBLIC_IP],
  ],
  'microsoft.compute/virtualmachines': [['networkProfile.networkInterfaces.*', NIC]],
  'microsoft.hardwaresecuritymodules/dedicatedhsms': [['networkProfile.subnet', SUBNET]],
  'hsmnet.local/hagroups': [
    ['members.*', HSM],
    ['hosts.*', VM],
  ],
}

/** Every reference of a document, in the order of its body. */
export function referencesOf(document: Document): Reference[] {
  const found: Reference[] = []
  for (const [path, type] of PATHS[document.type.toLowerCase()] ?? []) {
    for (const { value, place } of valuesAt(document.properties, path.split('.'), 'properties')) {
      const id = isObject(value) ? value.id : undefined
      if (typeof id === 'string') found.push({ place: `${place}.id`, id, type })
    }
  }
  return found
}

function* valuesAt(value: Json, path: readonly string[], place: string): Generator<{ value: Json; place: string }> {
  const [step, ...rest] = path
  if (step === undefined) {
    yield { value, place }
  } else if (step === '*') {
    if (Array.isArray(value)) for (const [at, item] of value.entries()) yield* valuesAt(item, rest, `${place}[${at}]`)
  } else if (isObject(value)) {
    const next = value[step]
    if (next !== undefined && next !== null) yield* valuesAt(next, rest, `${place}.${step}`)
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
