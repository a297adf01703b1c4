/** From the factory to a signature that openssl verifies outside, by an unmodified application. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect as connectTcp } from 'node:net'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { CKU } from '../../src/base/pkcs11/constants.ts'
import { ENVELOPE_PROTOCOL } from '../../src/base/pkcs11/envelope.ts'
import { selfSigned } from '../../src/base/pki/self-signed.ts'
import { run } from '../../src/base/process/run.ts'
import { readDeviceState } from '../../src/machine/appliance/device-state.ts'
import { Application } from './application.ts'
import { type Appliance, type Client, CO_PIN, NTLS_PORT, OFFICER, PASSWORD, SO_PIN, until, World } from './world.ts'

const world = new World()
let appliance: Appliance
let client: Client
const file = (name: string) => path.join(world.directory, name)

before(async () => {
  appliance = await world.appliance()
  client = await world.client([appliance])
})
after(() => world.end())

test('a fresh device is zeroized, and 1792 is closed until the delivered password is changed', async () => {
  const fresh = {
    zeroized: true,
    label: null,
    serial: '5512345',
    partitions: 0,
    clients: 0,
    ntls: false,
    running: true,
  }
  assert.deepEqual(await appliance.state(), fresh)
  assert.equal(await connects(appliance.address), false)
  const kept = await appliance.console({ kind: 'show', password: 'PASSWORD' })
  assert.match(kept.ok ? '' : kept.message, /delivered password/)
  assert.equal(await connects(appliance.address), false)
})

test('a password that breaks the rules does not become the new one', async () => {
  const weak = await appliance.console({ kind: 'show', password: 'PASSWORD', newPassword: 'password' })
  assert.equal(weak.ok, false)
  assert.equal((await appliance.state()).ntls, false)
})

test('initialised, it has a label, a partition and an open 1792', async () => {
  await appliance.initialise()
  const { label, partitions, ntls, zeroized } = await appliance.state()
  assert.deepEqual({ label, partitions, ntls, zeroized }, { label: 'pair', partitions: 1, ntls: true, zeroized: false })
  assert.equal(await connects(appliance.address), true)
  const shown = await appliance.console({ kind: 'show' })
  assert.match(shown.ok ? (shown.outputs[0] ?? '') : '', /HSM Label: +pair/)
})

test('a host that is not registered finds no token', async () => {
  assert.doesNotMatch((await client.tool('-L')).stdout, /token label/)
})

test('a certificate that is not registered is refused, and that is recorded', async () => {
  const stranger = selfSigned({ commonName: client.name })
  const socket = connectTls({
    host: appliance.address,
    port: NTLS_PORT,
    cert: stranger.certificate,
    key: stranger.key,
    rejectUnauthorized: false,
    ALPNProtocols: [ENVELOPE_PROTOCOL],
  })
  await closed(socket)
  await until(() => /"event":"refused".*is not registered/.test(appliance.auditLog()), 'the refusal is recorded')
})

test('registered, with its partition initialised, the host sees one token of its group', async () => {
  await client.register(appliance)
  await client.initialisePartition(appliance)
  const { stdout } = await client.tool('-L')
  assert.match(stdout, /token label +: group0/)
  assert.match(stdout, /serial num +: 15512340/)
  assert.equal(stdout.match(/^Slot/gm)?.length, 1)
  const again = await client.ask({ op: 'initPartition', hsm: appliance.hsm, label: 'x', soPin: SO_PIN, coPin: CO_PIN })
  assert.match(JSON.stringify(again), /initialized already/)
})

const KEYS = [
  { name: 'RSA 2048', type: 'rsa:2048', id: '01', mechanism: 'SHA256-RSA-PKCS', sign: [] },
  { name: 'EC P-256', type: 'EC:prime256v1', id: '02', mechanism: 'ECDSA', sign: ['--signature-format', 'openssl'] },
]
for (const { name, type, id, mechanism, sign } of KEYS) {
  test(`${name}: generated on the device, signs there, and openssl verifies outside`, async () => {
    const login = ['--login', '--pin', CO_PIN]
    const made = await client.tool(...login, '--keypairgen', '--key-type', type, '--id', id, '--label', id)
    assert.equal(made.code, 0, made.stderr)
    writeFileSync(file('message'), 'a message')
    const digested = await run('openssl', ['dgst', '-sha256', '-binary', '-out', file('digest'), file('message')])
    assert.equal(digested.code, 0)
    const input = mechanism === 'ECDSA' ? file('digest') : file('message')
    const signing = ['--sign', '--mechanism', mechanism, '--id', id, '-i', input, '-o', file('signature'), ...sign]
    assert.equal((await client.tool(...login, ...signing)).code, 0)
    const read = await client.tool('--read-object', '--type', 'pubkey', '--id', id, '-o', file('key.der'))
    assert.equal(read.code, 0, read.stderr)
    const check = ['-sha256', '-verify', file('key.der'), '-keyform', 'DER', '-signature', file('signature')]
    const verified = await run('openssl', ['dgst', ...check, file('message')])
    assert.equal(verified.stdout.trim(), 'Verified OK', verified.stderr)
  })
}

for (const dialect of [0, 1, 2] as const) {
  test(`an application of p11-kit dialect ${dialect} encrypts with an AES key and gets its text back`, async () => {
    const application = await Application.start(client.socket, dialect)
    const session = await application.openSession()
    await application.login(session, CKU.USER, CO_PIN)
    const text = Buffer.alloc(32, 9)
    // With an IV: the parameter that the dialects write differently (pkcs11-rpc.md, section 3).
    const mechanism = { type: 0x1085, parameter: { shape: 'bytes', bytes: Buffer.alloc(16, 1) } } as const
    assert.deepEqual(await application.encryptAndDecrypt(session, mechanism, text), text)
    application.stop()
  })
}

test('a second partition of one client is refused, with the reason', async () => {
  const commands = [
    { command: 'hsm login', answers: [OFFICER] },
    { command: 'partition create -partition part2' },
    { command: `client assignPartition -client ${client.name} -partition part2` },
  ]
  const result = await appliance.console({ kind: 'run', commands })
  assert.match(result.ok ? '' : result.message, /has partition "part1"; this device assigns one to a client/)
})

test('after a restart of both everything is there, and the state can be read while it is down', async () => {
  await Promise.all([appliance.end(), client.end()])
  const { running, ntls, label, clients } = readDeviceState(appliance.directory)
  assert.deepEqual({ running, ntls, label, clients }, { running: false, ntls: false, label: 'pair', clients: 1 })
  await Promise.all([appliance.start(), client.start()])
  const { stdout } = await client.tool('--login', '--pin', CO_PIN, '-O', '--type', 'privkey')
  assert.equal(stdout.match(/^Private Key Object/gm)?.length, 2)
})

test('no password, PIN or signed byte is in any log', () => {
  const logs = appliance.auditLog() + appliance.stderr + client.stderr
  assert.match(logs, /"call":"C_Sign","result":"CKR_OK"/)
  for (const secret of [PASSWORD, OFFICER, SO_PIN, CO_PIN, 'PASSWORD"', 'a message', 'words']) {
    assert.equal(logs.includes(secret), false, secret)
  }
  assert.equal(readFileSync(path.join(appliance.directory, 'device.json'), 'utf8').includes(OFFICER), false)
})

test('an HSM that is not trusted any more has no token', async () => {
  assert.deepEqual(await client.ask({ op: 'untrust', hsm: appliance.hsm }), { ok: true })
  assert.doesNotMatch((await client.tool('-L')).stdout, /token label/)
})

test('three wrong logins zeroize the HSM: keys are gone, the appliance and its clients stay', async () => {
  const result = await appliance.console({ kind: 'zeroize' })
  assert.equal(result.ok, true, JSON.stringify(result))
  const { zeroized, label, partitions, clients, ntls } = await appliance.state()
  assert.deepEqual(
    { zeroized, label, partitions, clients, ntls },
    { zeroized: true, label: null, partitions: 0, clients: 1, ntls: true },
  )
  assert.equal(world.remotes().length, 0)
})

async function connects(address: string): Promise<boolean> {
  const socket = connectTcp(NTLS_PORT, address)
  return await new Promise(resolve => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  }).then(result => {
    socket.destroy()
    return result as boolean
  })
}

function closed(socket: TLSSocket): Promise<void> {
  return new Promise(resolve => socket.on('error', () => {}).on('close', () => resolve()))
}
