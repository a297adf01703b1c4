/** Virtual machines. */
import { interfaceTaken } from '../findings/network.ts'
import { managedResource } from '../findings/request.ts'
import { ofType, type Rule } from './rule.ts'

/** A network interface belongs to one virtual machine, and an HSM's to that HSM. */
export const hosts: Rule = function* ({ after, put }) {
  for (const document of ofType(put, 'Microsoft.Compute/virtualMachines')) {
    const host = after.hosts.get(document.key)
    if (!host) continue
    const maker = after.networkInterfaces.get(host.networkInterface)?.managedBy
    if (maker != null) yield managedResource(document.id, { owner: maker })
    for (const [key, other] of after.hosts) {
      if (key !== document.key && other.networkInterface === host.networkInterface) {
        yield interfaceTaken(document.id, { nic: host.networkInterface, user: other.document.id })
      }
    }
  }
}
