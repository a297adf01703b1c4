/**
 * What may be done to a device's record, as pure functions: the record after it, or why not in words for the person at
 * the shell.
 */
import { type Parsed, parsed, unparsed } from '../../base/findings/parsed.ts'
import { fingerprintOf, parseCertificate } from '../../base/pki/fingerprint.ts'
import type { ClientRecord, DeviceRecord, HsmRecord, PartitionRecord } from './device-record.ts'

/** azure-facts A10.2: ten are licensed. */
export const PARTITIONS_ALLOWED = 10
/** azure-facts H7.6. */
const CLIENTS_ALLOWED = 800
const UPLOADS_ALLOWED = 32
const LARGEST_UPLOAD = 16 * 1024
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const LABEL = /^[\x21-\x7e]([\x20-\x7e]{0,30}[\x21-\x7e])?$/

type Change = Parsed<DeviceRecord>

export function initialiseHsm(record: DeviceRecord, hsm: Omit<HsmRecord, 'attempts'>): Change {
  if (record.hsm) return unparsed('the HSM is initialized already; zeroize it first')
  if (!LABEL.test(hsm.label)) return unparsed('the label must be 1 to 32 printable characters')
  return parsed({ ...record, hsm: { ...hsm, attempts: 0 } })
}

/**
 * As Luna does: zeroize deletes every partition with what is in it and the officer's credentials (Thales Luna 7,
 * "Comparing Zeroize and Factory Reset"); the appliance's own settings, such as passwords, certificates and registered
 * clients, have a reset of their own ("Decommissioning the HSM Appliance"). Assignments go with their partitions.
 */
export function zeroize(record: DeviceRecord): DeviceRecord {
  return {
    ...record,
    hsm: null,
    zeroizedOnce: record.zeroizedOnce || record.hsm !== null,
    partitions: [],
    clients: record.clients.map(client => ({ ...client, partition: null })),
  }
}

export function createPartition(record: DeviceRecord, name: string, deviceSerial: string): Change {
  if (!record.hsm) return unparsed('the HSM is zeroized; initialize it first')
  if (!NAME.test(name)) return unparsed('a partition name is 1 to 64 letters, digits, dots, dashes or underscores')
  if (findPartition(record, name)) return unparsed(`partition "${name}" exists already`)
  if (record.partitions.length >= PARTITIONS_ALLOWED) {
    return unparsed(`${PARTITIONS_ALLOWED} partitions are licensed, and all exist`)
  }
  const number = record.nextPartition
  const serial = `${deviceSerial}${String(number).padStart(6, '0')}`
  const partition: PartitionRecord = { number, name, serial, attempts: { so: 0, co: 0 } }
  return parsed({ ...record, nextPartition: number + 1, partitions: [...record.partitions, partition] })
}

export function deletePartition(record: DeviceRecord, name: string): Change {
  const partition = findPartition(record, name)
  if (!partition) return unparsed(`there is no partition "${name}"`)
  return parsed({
    ...record,
    partitions: record.partitions.filter(other => other !== partition),
    clients: record.clients.map(client =>
      client.partition === partition.number ? { ...client, partition: null } : client,
    ),
  })
}

/** Only a certificate can be left here, under the name of its client: `<client>.pem`. */
export function upload(record: DeviceRecord, file: string, text: string): Change {
  const certificate = text.length > LARGEST_UPLOAD ? unparsed('it is too large') : parseCertificate(text)
  if (!NAME.test(file) || !file.endsWith('.pem')) return unparsed(`"${file}" is not <client>.pem`)
  if (!certificate.ok) return unparsed(`${file}: ${certificate.reason}`)
  const uploads = { ...record.uploads, [file]: text }
  if (Object.keys(uploads).length > UPLOADS_ALLOWED) return unparsed(`${UPLOADS_ALLOWED} uploads wait already`)
  return parsed({ ...record, uploads })
}

/** Registers the certificate that was uploaded as `<name>.pem`, and takes the upload away. */
export function registerClient(
  record: DeviceRecord,
  { name, addressKind, address }: Pick<ClientRecord, 'name' | 'addressKind' | 'address'>,
): Change {
  const file = `${name}.pem`
  const { [file]: pem, ...uploads } = record.uploads
  if (!NAME.test(name)) return unparsed('a client name is 1 to 64 letters, digits, dots, dashes or underscores')
  if (findClient(record, name)) return unparsed(`client "${name}" is registered already`)
  if (pem === undefined) return unparsed(`there is no certificate ${file}; send it first, by scp or sftp`)
  if (record.clients.length >= CLIENTS_ALLOWED) return unparsed(`${CLIENTS_ALLOWED} clients are registered already`)
  const certificate = parseCertificate(pem)
  if (!certificate.ok) return unparsed(`${file}: ${certificate.reason}`)
  const fingerprint = fingerprintOf(certificate.value)
  const same = record.clients.find(other => other.fingerprint === fingerprint)
  if (same) return unparsed(`client "${same.name}" is registered with the same certificate`)
  const client: ClientRecord = { name, addressKind, address, certificate: pem, fingerprint, partition: null }
  return parsed({ ...record, uploads, clients: [...record.clients, client] })
}

export function deleteClient(record: DeviceRecord, name: string): Change {
  if (!findClient(record, name)) return unparsed(`there is no client "${name}"`)
  return parsed({ ...record, clients: record.clients.filter(client => client.name !== name) })
}

/** One partition a client and device, for now: a client's connection is one partition's. */
export function assignPartition(record: DeviceRecord, clientName: string, partitionName: string): Change {
  const client = findClient(record, clientName)
  const partition = findPartition(record, partitionName)
  if (!client) return unparsed(`there is no client "${clientName}"`)
  if (!partition) return unparsed(`there is no partition "${partitionName}"`)
  if (client.partition !== null && client.partition !== partition.number) {
    const held = record.partitions.find(other => other.number === client.partition)
    return unparsed(`client "${clientName}" has partition "${held?.name}"; this device assigns one to a client`)
  }
  return parsed(withPartition(record, clientName, partition.number))
}

export function revokePartition(record: DeviceRecord, clientName: string, partitionName: string): Change {
  const partition = findPartition(record, partitionName)
  const client = findClient(record, clientName)
  if (!client) return unparsed(`there is no client "${clientName}"`)
  if (!partition || client.partition !== partition.number) {
    return unparsed(`client "${clientName}" does not have partition "${partitionName}"`)
  }
  return parsed(withPartition(record, clientName, null))
}

export function findPartition(record: DeviceRecord, name: string): PartitionRecord | undefined {
  return record.partitions.find(partition => partition.name === name)
}

export function findClient(record: DeviceRecord, name: string): ClientRecord | undefined {
  return record.clients.find(client => client.name === name)
}

function withPartition(record: DeviceRecord, clientName: string, partition: number | null): DeviceRecord {
  return {
    ...record,
    clients: record.clients.map(client => (client.name === clientName ? { ...client, partition } : client)),
  }
}
