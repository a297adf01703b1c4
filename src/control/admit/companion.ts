/** The NIC that an HSM makes beside itself, `<name>_HSMnic`: the easiest place to read its address (azure-facts A5.18). */
import type { Document } from '../../model/resources/document.ts'
import { groupKeyOf } from '../../model/resources/resource-id.ts'
import type { Choices } from './choices.ts'

const CONFIGURATION = 'ipconfig'

/** The id of an HSM's NIC, in the HSM's own resource group. */
export function companionId(hsm: Document): string {
  const group = hsm.id.slice(0, groupKeyOf(hsm.key).length)
  return `${group}/providers/Microsoft.Network/networkInterfaces/${hsm.name}_HSMnic`
}

export function companionOf(hsm: Document, previous: Document | undefined, choices: Choices): Document {
  const id = previous?.id ?? companionId(hsm)
  const { address } = hsm.assigned
  const profile = hsm.properties.networkProfile
  const subnet = typeof profile === 'object' && profile !== null && 'subnet' in profile ? profile.subnet : null
  return {
    id,
    key: id.toLowerCase(),
    type: 'Microsoft.Network/networkInterfaces',
    name: `${hsm.name}_HSMnic`,
    ...(hsm.location === undefined ? {} : { location: hsm.location }),
    properties: {
      ipConfigurations: [
        { name: CONFIGURATION, properties: { subnet: subnet ?? null, privateIPAllocationMethod: 'Dynamic' } },
      ],
    },
    assigned: {
      etag: previous?.assigned.etag ?? choices.guid(),
      guid: previous?.assigned.guid ?? choices.guid(),
      ...(address === undefined ? {} : { address }),
      ...(hsm.assigned.mac === undefined ? {} : { mac: hsm.assigned.mac }),
      managedBy: hsm.key,
    },
    createdAt: previous?.createdAt ?? hsm.createdAt,
  }
}
