/** `client …`: who may use which partition over 1792 (azure-facts H7.2, H7.3). */
import { isIPv4 } from 'node:net'
import { unparsed } from '../../../base/findings/parsed.ts'
import { assignPartition, deleteClient, findClient, registerClient, revokePartition } from '../device-changes.ts'
import { type Command, confirmed, done, FORCE, NOT_CONFIRMED } from './command.ts'

const CLIENT = { name: 'client', value: 'name', required: true } as const
const PARTITION = { name: 'partition', value: 'name', required: true } as const

const register: Command = {
  words: ['client', 'register'],
  summary: 'Registers a client whose certificate was sent as <name>.pem',
  options: [CLIENT, { name: 'hostname', value: 'hostname' }, { name: 'ip', value: 'address' }, FORCE],
  async run({ device }, options) {
    const [hostname, ip] = [options.get('hostname'), options.get('ip')]
    const address = hostname ?? ip
    if (address === undefined || (hostname !== undefined && ip !== undefined)) {
      return unparsed('either -hostname or -ip is needed')
    }
    if (ip !== undefined && !isIPv4(ip)) return unparsed(`"${ip}" is not an IPv4 address`)
    if (!/^[A-Za-z0-9.-]{1,253}$/.test(address)) return unparsed(`"${address}" is not a host name`)
    const addressKind = ip === undefined ? 'hostname' : 'ip'
    const registered = device.change(record =>
      registerClient(record, { name: options.get('client') ?? '', addressKind, address }),
    )
    return registered.ok ? done : registered
  },
}

const list: Command = {
  words: ['client', 'list'],
  summary: 'Lists the registered clients',
  options: [],
  async run({ device, print }) {
    for (const { name } of device.record.clients) print(`   registered client: ${name}`)
    if (device.record.clients.length === 0) print('   no client is registered')
    return done
  },
}

const show: Command = {
  words: ['client', 'show'],
  summary: 'Shows one client',
  options: [CLIENT],
  async run({ device, print }, options) {
    const client = findClient(device.record, options.get('client') ?? '')
    if (!client) return unparsed(`there is no client "${options.get('client')}"`)
    const partition = device.record.partitions.find(({ number }) => number === client.partition)
    print(`   ClientID:     ${client.name}`)
    print(`   ${client.addressKind === 'ip' ? 'IPAddress: ' : 'Hostname:  '}   ${client.address}`)
    print(`   Certificate:  SHA-256 ${client.fingerprint}`)
    print(`   Partitions:   ${partition?.name ?? '<none>'}`)
    return done
  },
}

const remove: Command = {
  words: ['client', 'delete'],
  summary: 'Takes a client its registration',
  options: [CLIENT, FORCE],
  async run(context, options) {
    const name = options.get('client') ?? ''
    if (!findClient(context.device.record, name)) return unparsed(`there is no client "${name}"`)
    if (!(await confirmed(context, options, `Client "${name}" loses its access.`))) return NOT_CONFIRMED
    const deleted = await context.device.changeClient(name, record => deleteClient(record, name))
    return deleted.ok ? done : deleted
  },
}

const assign: Command = {
  words: ['client', 'assignPartition'],
  summary: 'Lets a client use a partition',
  options: [CLIENT, PARTITION],
  async run({ device }, options) {
    const [client, partition] = [options.get('client') ?? '', options.get('partition') ?? '']
    const assigned = device.change(record => assignPartition(record, client, partition))
    return assigned.ok ? done : assigned
  },
}

const revoke: Command = {
  words: ['client', 'revokePartition'],
  summary: 'Takes a partition from a client',
  options: [CLIENT, PARTITION],
  async run({ device }, options) {
    const [client, partition] = [options.get('client') ?? '', options.get('partition') ?? '']
    const revoked = await device.changeClient(client, record => revokePartition(record, client, partition))
    return revoked.ok ? done : revoked
  },
}

export const clientCommands: readonly Command[] = [register, list, show, remove, assign, revoke]
