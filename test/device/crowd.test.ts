/** Many at once: SoftHSM alone fails a quarter to a half of these (pkcs11-rpc.md, section 6). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CKU } from '../../src/base/pkcs11/constants.ts'
import { Application } from './application.ts'
import { type Client, CO_PIN, until, World } from './world.ts'

const world = new World()
let client: Client

before(async () => {
  client = (await world.pair()).client
  const first = await Application.start(client.socket)
  const session = await first.openSession()
  await first.login(session, CKU.USER, CO_PIN)
  await first.generateKey(session, 'key')
  first.stop()
})
after(() => world.end())

/** A whole life: start, log in, find the key, sign, end. */
async function life(): Promise<void> {
  const application = await Application.start(client.socket)
  const session = await application.openSession()
  await application.login(session, CKU.USER, CO_PIN)
  const [key] = await application.findKeys(session, 'key')
  assert.ok(key !== undefined)
  assert.equal((await application.sign(session, key)).length, 64)
  application.stop()
}

test('8 processes of pkcs11-tool start, log in and sign at once, and none fails', async () => {
  const args = [
    '--login',
    '--pin',
    CO_PIN,
    '--sign',
    '--mechanism',
    'ECDSA',
    '--id',
    Buffer.from('key').toString('hex'),
  ]
  for (let wave = 0; wave < 3; wave++) {
    const runs = Array.from({ length: 8 }, () => client.tool(...args, '-i', '/dev/null', '-o', '/dev/null'))
    for (const { code, stderr } of await Promise.all(runs)) assert.equal(code, 0, stderr)
  }
})

test('8 applications at once live 10 lives each, and not one fails', async () => {
  const eachTenTimes = async () => {
    for (let round = 0; round < 10; round++) await life()
  }
  await Promise.all(Array.from({ length: 8 }, eachTenTimes))
})

test('writers and readers at once: keys are made while others sign', async () => {
  const writer = async (number: number) => {
    const application = await Application.start(client.socket)
    const session = await application.openSession()
    await application.login(session, CKU.USER, CO_PIN)
    for (let round = 0; round < 5; round++) {
      const id = `w${number}-${round}`
      await application.sign(session, await application.generateKey(session, id))
    }
    application.stop()
  }
  await Promise.all([writer(1), writer(2), life(), life(), life()])
})

test('100 applications connect at once, and when they are gone their processes are too', async () => {
  const applications = await Promise.all(Array.from({ length: 100 }, () => Application.start(client.socket)))
  await Promise.all(applications.map(application => application.openSession()))
  assert.equal(world.remotes().length, 100)
  for (const application of applications) application.stop()
  await until(() => world.remotes().length === 0, 'every p11-kit-remote has ended')
})

test('the server of one application serves its threads over one connection', async () => {
  const application = await Application.start(client.socket)
  const sessions = await Promise.all(Array.from({ length: 8 }, () => application.openSession()))
  const [first] = sessions
  assert.ok(first !== undefined)
  await application.login(first, CKU.USER, CO_PIN)
  const [key] = await application.findKeys(first, 'key')
  assert.ok(key !== undefined)
  const signatures = await Promise.all(sessions.map(session => application.sign(session, key)))
  assert.equal(signatures.filter(signature => signature.length === 64).length, 8)
  assert.equal(world.remotes().length, 1)
  application.stop()
})
