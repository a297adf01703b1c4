/** An HA group: HSMs that clients show as one token. */
import type { Document } from '../resources/document.ts'
import type { HaGroupProperties } from '../resources/ha-groups.ts'
import { propertiesOf, remembered } from './linking.ts'

export interface HaGroup {
  readonly document: Document
  readonly members: readonly string[]
  readonly hosts: readonly string[]
  readonly serial: string
}

export const linkHaGroup = remembered((document): HaGroup => {
  const { members, hosts } = propertiesOf<HaGroupProperties>(document)
  return {
    document,
    members: members.map(member => member.id.toLowerCase()),
    hosts: hosts.map(host => host.id.toLowerCase()),
    serial: document.assigned.serial ?? '',
  }
})
