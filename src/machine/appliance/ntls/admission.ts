/** Whom a device serves on 1792: exactly the certificates registered with it (azure-facts H7.1, H7.3, H7.5). */
import type { ClientRecord, DeviceRecord } from '../device-record.ts'

export type Admission =
  | { readonly admitted: true; readonly client: string; readonly partition: number }
  | { readonly admitted: false; readonly client: string | null; readonly reason: string }

/** `fingerprint` of the certificate that TLS has proven, null where the peer showed none; `address` it came from. */
export function admit(record: DeviceRecord, fingerprint: string | null, address: string): Admission {
  if (fingerprint === null) return { admitted: false, client: null, reason: 'no certificate' }
  const client = record.clients.find(one => one.fingerprint === fingerprint)
  if (!client) return { admitted: false, client: null, reason: `certificate ${fingerprint} is not registered` }
  if (record.ipCheck && !cameFrom(client, address)) {
    return { admitted: false, client: client.name, reason: `came from ${address}, registered as ${client.address}` }
  }
  if (client.partition === null) return { admitted: false, client: client.name, reason: 'no partition is assigned' }
  return { admitted: true, client: client.name, partition: client.partition }
}

/** Only a client that was registered by its address is held to it: we ask no DNS for the others. */
function cameFrom({ addressKind, address }: ClientRecord, from: string): boolean {
  return addressKind === 'hostname' || address === from
}
