/** Every reference leads to a document of its type; what is referred to is not deleted (J2.2-J2.5). */
import type { Finding } from '../../base/findings/finding.ts'
import { publicIpInUse } from '../findings/gateway.ts'
import { memberInUse } from '../findings/ha-group.ts'
import { interfaceInUse, policyInUse, subnetInUse } from '../findings/network.ts'
import { invalidResourceReference, managedResource } from '../findings/request.ts'
import type { Document } from '../resources/document.ts'
import { referencesOf } from '../topology/references.ts'
import type { Rule } from './rule.ts'

export const referencesExist: Rule = function* ({ put, documents }) {
  for (const document of put) {
    for (const { place, id, type } of referencesOf(document)) {
      if (!documents.get(type, id)) yield invalidResourceReference(document.id, { place, id })
    }
  }
}

export const nothingReferredToIsRemoved: Rule = function* ({ removed, documents }) {
  if (removed.length === 0) return
  const gone = new Map(removed.map(document => [document.key, document]))
  for (const user of documents.all()) {
    for (const { id } of referencesOf(user)) {
      const target = gone.get(id.toLowerCase())
      // The companion NIC refers to the subnet as well; its HSM is the one to name.
      if (target && user.assigned.managedBy === undefined) yield inUse(target, user)
    }
  }
}

function inUse(target: Document, user: Document): Finding {
  switch (target.type) {
    case 'Microsoft.Network/virtualNetworks/subnets':
      return subnetInUse(target.id, { subnet: target.name, user: user.id })
    case 'Microsoft.Network/networkInterfaces':
      return interfaceInUse(target.id, { user: user.id })
    case 'Microsoft.Network/publicIPAddresses':
      return publicIpInUse(target.id, { user: user.id })
    case 'Microsoft.HardwareSecurityModules/dedicatedHSMs':
    case 'Microsoft.Compute/virtualMachines':
      return memberInUse(target.id, { user: user.id })
    default:
      return policyInUse(target.id, { id: target.id, user: user.id })
  }
}

/** A companion is its maker's (azure-facts A5.18): it goes with it and never alone. */
export const companions: Rule = function* ({ removed, documents }) {
  for (const document of removed) {
    const owner = document.assigned.managedBy
    const maker =
      owner === undefined ? undefined : documents.get('Microsoft.HardwareSecurityModules/dedicatedHSMs', owner)
    if (maker) yield managedResource(document.id, { owner: maker.id })
  }
}
