/** A network interface's members: its address, its MAC, its machine. */
import { ipConfigurations } from './ip-configurations.ts'
import type { Members } from './viewed.ts'

export const networkInterfaceMembers: Members = (document, { state }, { topology }) => {
  const host = [...topology.hosts.values()].find(({ networkInterface }) => networkInterface === document.key)
  const { mac, guid } = document.assigned
  return {
    ipConfigurations: ipConfigurations(document, 'Succeeded'),
    ...(mac === undefined ? {} : { macAddress: mac.toUpperCase().replaceAll(':', '-') }),
    primary: true,
    ...(host ? { virtualMachine: { id: host.document.id } } : {}),
    resourceGuid: guid,
    provisioningState: state,
  }
}
