import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, beforeEach, test } from 'node:test'
import type { Parsed } from '../../../../src/base/findings/parsed.ts'
import { selfSigned } from '../../../../src/base/pki/self-signed.ts'
import { AuditLog } from '../../../../src/machine/appliance/audit-log.ts'
import { Device } from '../../../../src/machine/appliance/device.ts'
import * as changes from '../../../../src/machine/appliance/device-changes.ts'
import { createEmptyDevice, type DeviceRecord, parseDevice } from '../../../../src/machine/appliance/device-record.ts'
import { readDeviceState } from '../../../../src/machine/appliance/device-state.ts'
import { admit } from '../../../../src/machine/appliance/ntls/admission.ts'
import { checkPassword } from '../../../../src/machine/appliance/password.ts'
import { Administrator, waitBeforeTry } from '../../../../src/machine/appliance/shell/administrator.ts'

const root = mkdtempSync(path.join(tmpdir(), 'device-'))
after(() => rmSync(root, { recursive: true }))

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(path.join(root, 'd'))
  const config = { hostname: 'hsm1', address: '10.2.1.4', serial: '5512345', module: '/m.so', remote: '/r' }
  writeFileSync(path.join(directory, 'config.json'), JSON.stringify(config))
})

function open(): Device {
  const audit = new AuditLog(path.join(directory, 'audit.log'))
  return new Device(directory, { serial: '5512345', hostname: 'hsm1' }, audit, () => {})
}

function value(result: Parsed<DeviceRecord>): DeviceRecord {
  assert.ok(result.ok, result.ok ? '' : result.reason)
  return result.value
}

const hash = { n: 2, r: 1, p: 1, salt: 'aa', hash: 'bb' }
const vm1 = selfSigned({ commonName: 'vm1' }).certificate
const empty = createEmptyDevice()
const initialised = value(changes.initialiseHsm(empty, { label: 'pair', officer: hash, domain: 'dd' }))
const partitioned = value(changes.createPartition(initialised, 'p1', '55'))
const uploaded = value(changes.upload(partitioned, 'vm1.pem', vm1))
const registration = { name: 'vm1', addressKind: 'hostname', address: 'vm1' } as const
const registered = value(changes.registerClient(uploaded, registration))
const assigned = value(changes.assignPartition(registered, 'vm1', 'p1'))

const CHANGES: readonly [string, Parsed<DeviceRecord>, RegExp | null][] = [
  [
    'an HSM twice',
    changes.initialiseHsm(initialised, { label: 'x', officer: hash, domain: '' }),
    /already; zeroize it/,
  ],
  ['a label of 33', changes.initialiseHsm(empty, { label: 'x'.repeat(33), officer: hash, domain: '' }), /1 to 32/],
  ['a partition of a zeroized HSM', changes.createPartition(empty, 'p1', '55'), /zeroized/],
  ['the same partition', changes.createPartition(partitioned, 'p1', '55'), /exists already/],
  ['a partition that is a path', changes.createPartition(initialised, '../p', '55'), /letters, digits/],
  ['an upload of a path', changes.upload(empty, '../x.pem', vm1), /not <client>\.pem/],
  ['an upload that is no certificate', changes.upload(empty, 'x.pem', 'hello'), /not one PEM certificate/],
  ['an upload of 1 MiB', changes.upload(empty, 'x.pem', 'x'.repeat(2 ** 20)), /too large/],
  ['a client without certificate', changes.registerClient(partitioned, registration), /send it first/],
  ['a client twice', changes.registerClient({ ...registered, uploads: { 'vm1.pem': vm1 } }, registration), /already/],
  [
    'a certificate twice',
    changes.registerClient({ ...registered, uploads: { 'vm2.pem': vm1 } }, { ...registration, name: 'vm2' }),
    /"vm1" is registered with the same certificate/,
  ],
  ['the same assignment', changes.assignPartition(assigned, 'vm1', 'p1'), null],
  ['a partition that is not there', changes.assignPartition(registered, 'vm1', 'p2'), /no partition "p2"/],
  ['taking what is not had', changes.revokePartition(registered, 'vm1', 'p1'), /does not have/],
]
for (const [name, result, refusal] of CHANGES) {
  test(`${name}: ${refusal === null ? 'done' : 'refused'}`, () => {
    if (refusal === null) assert.ok(result.ok)
    else assert.match(result.ok ? 'done' : result.reason, refusal)
  })
}

test('the eleventh partition is refused', () => {
  let record = initialised
  for (let number = 1; number <= 10; number++) record = value(changes.createPartition(record, `p${number}`, '55'))
  const eleventh = changes.createPartition(record, 'p11', '55')
  assert.match(eleventh.ok ? '' : eleventh.reason, /10 partitions are licensed/)
})

test('a registration takes the upload away; a number of a partition is never used again', () => {
  assert.deepEqual(registered.uploads, {})
  const without = value(changes.deletePartition(assigned, 'p1'))
  assert.equal(without.clients[0]?.partition, null)
  assert.equal(value(changes.createPartition(without, 'p1', '55')).partitions[0]?.number, 2)
})

test('zeroized: partitions, officer and assignments are gone; the appliance keeps the rest', () => {
  const zeroized = changes.zeroize({ ...assigned, ipCheck: false })
  assert.equal(zeroized.hsm, null)
  assert.deepEqual(zeroized.partitions, [])
  assert.deepEqual(
    zeroized.clients.map(({ name, partition }) => ({ name, partition })),
    [{ name: 'vm1', partition: null }],
  )
  assert.equal(zeroized.ipCheck, false)
})

const fingerprint = registered.clients[0]?.fingerprint ?? ''
const byAddress: DeviceRecord = {
  ...assigned,
  clients: assigned.clients.map(client => ({ ...client, addressKind: 'ip', address: '10.2.0.4' })),
}
const ADMISSIONS: readonly [string, DeviceRecord, string | null, string, boolean][] = [
  ['registered and assigned', assigned, fingerprint, '10.2.0.4', true],
  ['no certificate', assigned, null, '10.2.0.4', false],
  ['another certificate', assigned, 'ff'.repeat(32), '10.2.0.4', false],
  ['registered, nothing assigned', registered, fingerprint, '10.2.0.4', false],
  ['registered by address, from there', byAddress, fingerprint, '10.2.0.4', true],
  ['registered by address, from elsewhere', byAddress, fingerprint, '10.2.0.5', false],
  ['the same with the check disabled', { ...byAddress, ipCheck: false }, fingerprint, '10.2.0.5', true],
]
for (const [name, record, shown, from, admitted] of ADMISSIONS) {
  test(`${name}: ${admitted ? 'admitted' : 'not admitted'}`, () => {
    assert.equal(admit(record, shown, from).admitted, admitted)
  })
}

const PASSWORDS: readonly [string, boolean][] = [
  ['PASSWORD', false],
  ['Short1!', false],
  ['alllowercase', false],
  ['lower1234', false],
  ['Lower1234', true],
  ['lower-1234', true],
  ['N3wSecret!', true],
  [`${'Aa1'.repeat(85)}x`, false],
]
for (const [password, allowed] of PASSWORDS) {
  test(`password "${password.slice(0, 12)}" is ${allowed ? 'allowed' : 'refused'}`, () => {
    assert.equal(checkPassword(password).ok, allowed)
  })
}

test('a device without a record is zeroized; its state is read from its files', () => {
  const state = readDeviceState(directory)
  assert.deepEqual(state, {
    zeroized: true,
    label: null,
    serial: '5512345',
    partitions: 0,
    clients: 0,
    ntls: false,
    running: false,
  })
  open().save(assigned)
  assert.deepEqual(readDeviceState(directory), { ...state, zeroized: false, label: 'pair', partitions: 1, clients: 1 })
  assert.equal(statSync(path.join(directory, 'device.json')).mode & 0o777, 0o600)
})

test('a record that cannot be read is an error, never an empty device', () => {
  writeFileSync(path.join(directory, 'device.json'), '{"form":1')
  assert.throws(open, /cannot be read/)
  assert.equal(parseDevice('{}').ok, false)
})

test('a start finishes what was cut short: strays are removed, a third counted login zeroizes', () => {
  const tokens = (device: Device) => readdirSync(device.tokensDirectory)
  const device = open()
  device.save(assigned)
  device.token(1)
  writeFileSync(path.join(device.tokensDirectory, '7'), 'left by a delete that was killed')
  assert.deepEqual(tokens(open()), [])
  device.save({ ...assigned, hsm: assigned.hsm && { ...assigned.hsm, attempts: 3 } })
  assert.equal(open().record.hsm, null)
})

test('the officer has three tries; a right one starts the count anew; the third wrong one zeroizes', async () => {
  const device = open()
  await device.initialise('pair', 'S0Passw0rd!', 'words')
  assert.equal(await device.logInOfficer('wrong'), 'wrong')
  assert.equal(device.officerTriesLeft(), 2)
  assert.equal(await device.logInOfficer('S0Passw0rd!'), 'right')
  assert.equal(device.officerTriesLeft(), 3)
  assert.deepEqual(await Promise.all([1, 2, 3].map(() => device.logInOfficer('wrong'))), ['wrong', 'wrong', 'zeroized'])
  assert.equal(device.record.hsm, null)
})

test('two devices of one domain have one key, of another domain another', async () => {
  const keys: (string | undefined)[] = []
  for (const domain of ['words', 'words', 'other']) {
    const record = value(
      await new Device(
        mkdtempSync(path.join(root, 'd')),
        { serial: '1', hostname: 'h' },
        open().audit,
        () => {},
      ).initialise('x', 'S0Passw0rd!', domain),
    )
    keys.push(record.hsm?.domain)
  }
  assert.equal(keys[0], keys[1])
  assert.notEqual(keys[0], keys[2])
})

test('guesses of the administrator’s password cost time after the fifth, at most a minute', () => {
  const waits = [0, 4, 5, 6, 11, 1000].map(failures => waitBeforeTry({ password: null, failures, lastFailure: 0 }, 0))
  assert.deepEqual(waits, [0, 0, 1000, 2000, 60_000, 60_000])
  assert.equal(waitBeforeTry({ password: null, failures: 5, lastFailure: 0 }, 1000), 0)
})

test('the count of guesses is on disk before the guess, and a right one has to wait too', async () => {
  let now = 0
  const administrator = new Administrator(open(), () => now)
  for (let guess = 0; guess < 5; guess++) assert.equal(await administrator.verify('guess', '10.0.0.1'), false)
  const restarted = new Administrator(open(), () => now)
  assert.equal(await restarted.verify('PASSWORD', '10.0.0.1'), false)
  now = 1000
  assert.equal(await restarted.verify('PASSWORD', '10.0.0.1'), true)
  const { admin } = JSON.parse(readFileSync(path.join(directory, 'device.json'), 'utf8'))
  assert.equal(admin.failures, 0)
})

test('the audit log has names and results, in order, and nothing else', () => {
  const file = path.join(directory, 'audit.log')
  const audit = new AuditLog(file)
  audit.record({ event: 'login', user: 'tenantadmin', from: '10.0.0.1', result: 'wrong' })
  audit.record({ event: 'call', client: 'vm1', connection: 1, session: '0x1', call: 'C_Sign', result: 'CKR_OK' })
  audit.flush()
  const lines = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  assert.deepEqual(
    lines.map(({ event }) => event),
    ['login', 'call'],
  )
  assert.deepEqual(audit.tail(1).length, 1)
  assert.equal(statSync(file).mode & 0o777, 0o600)
})
