/** `partition …`: create, list, delete. What is in a partition is its own officer's affair, over 1792. */
import { unparsed } from '../../../base/findings/parsed.ts'
import { createPartition, findPartition } from '../device-changes.ts'
import { type Command, confirmed, done, FORCE, NOT_CONFIRMED, officerOnly } from './command.ts'

const PARTITION = { name: 'partition', value: 'name', required: true } as const

const create: Command = {
  words: ['partition', 'create'],
  summary: 'Creates an empty partition',
  options: [PARTITION, FORCE],
  async run(context, options) {
    const officer = officerOnly(context)
    if (!officer.ok) return officer
    const { device } = context
    const created = device.change(record => createPartition(record, options.get('partition') ?? '', device.serial))
    return created.ok ? done : created
  },
}

const list: Command = {
  words: ['partition', 'list'],
  summary: 'Lists the partitions',
  options: [],
  async run({ device, print }) {
    print(`   ${'Partition'.padEnd(20)}Name`)
    print(`   ${'='.repeat(40)}`)
    for (const { serial, name } of device.record.partitions) print(`   ${serial.padEnd(20)}${name}`)
    return done
  },
}

const remove: Command = {
  words: ['partition', 'delete'],
  summary: 'Destroys a partition and the keys in it',
  options: [PARTITION, FORCE],
  async run(context, options) {
    const officer = officerOnly(context)
    if (!officer.ok) return officer
    const name = options.get('partition') ?? ''
    if (!findPartition(context.device.record, name)) return unparsed(`there is no partition "${name}"`)
    const consequence = `This destroys partition "${name}" and every key in it.`
    if (!(await confirmed(context, options, consequence))) return NOT_CONFIRMED
    const deleted = await context.device.deletePartition(name)
    return deleted.ok ? done : deleted
  },
}

export const partitionCommands: readonly Command[] = [create, list, remove]
