/** Wrong PINs are counted before they are tried, and what follows from them survives a restart (azure-facts A10). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CKU } from '../../src/base/pkcs11/constants.ts'
import { Application } from './application.ts'
import { type Appliance, type Client, CO_PIN, OFFICER, SO_PIN, until, World } from './world.ts'

const world = new World()
let appliance: Appliance
let client: Client

before(async () => {
  const pair = await world.pair()
  appliance = pair.appliance
  client = pair.client
})
after(() => world.end())

async function logIn(user: bigint, pin: string): Promise<string> {
  const application = await Application.start(client.socket)
  try {
    const session = await application.openSession()
    await application.login(session, user, pin)
    return 'CKR_OK'
  } catch (error) {
    return error instanceof Error && 'rv' in error ? String(error.rv) : String(error)
  } finally {
    application.stop()
  }
}

async function wrong(user: bigint, times: number): Promise<void> {
  for (let time = 0; time < times; time++) assert.equal(await logIn(user, 'not-the-pin'), 'CKR_PIN_INCORRECT')
}

test('a right PIN forgives the wrong ones before it', async () => {
  await wrong(CKU.USER, 9)
  assert.equal(await logIn(CKU.USER, CO_PIN), 'CKR_OK')
  await wrong(CKU.USER, 1)
  assert.equal(await logIn(CKU.USER, CO_PIN), 'CKR_OK')
})

test('10 wrong PINs lock the crypto officer, a kill in between or not, and for good', async () => {
  await wrong(CKU.USER, 5)
  await appliance.end('SIGKILL')
  await appliance.start()
  await wrong(CKU.USER, 5)
  assert.equal(await logIn(CKU.USER, CO_PIN), 'CKR_PIN_LOCKED')
  await appliance.end()
  await appliance.start()
  assert.equal(await logIn(CKU.USER, CO_PIN), 'CKR_PIN_LOCKED')
  assert.equal(await logIn(CKU.SO, SO_PIN), 'CKR_OK', "the officer's own login is another count")
})

test("10 wrong PINs of the partition's officer empty the partition; it can be initialised again", async () => {
  await wrong(CKU.SO, 10)
  await until(async () => {
    const { stdout } = await client.tool('-L')
    return /token state: +uninitialized/.test(stdout)
  }, 'the partition is empty')
  assert.equal((await appliance.state()).partitions, 1)
  await client.initialisePartition(appliance)
  assert.equal(await logIn(CKU.USER, CO_PIN), 'CKR_OK')
})

test('three wrong logins of the HSM officer zeroize, a kill in between or not', async () => {
  const login = (password: string) =>
    appliance.console({ kind: 'run', commands: [{ command: 'hsm login', answers: [password] }] })
  const message = async (password: string) => {
    const result = await login(password)
    return result.ok ? 'in' : result.message
  }
  assert.match(await message('Wr0ngOne!'), /zeroized: 2/)
  assert.equal(await message(OFFICER), 'in')
  assert.match(await message('Wr0ngOne!'), /zeroized: 2/)
  assert.match(await message('Wr0ngOne!'), /zeroized: 1/)
  await appliance.end('SIGKILL')
  await appliance.start()
  assert.match(await message('Wr0ngOne!'), /HSM IS ZEROIZED/)
  assert.equal((await appliance.state()).zeroized, true)
})
