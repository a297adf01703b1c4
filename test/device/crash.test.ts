/**
 * Deaths in the worst moment. SIGKILL during a login leaves SoftHSM's token.object empty and the token lost; behind an
 * appliance it never is (pkcs11-rpc.md, section 6).
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { CKU } from '../../src/base/pkcs11/constants.ts'
import { Application, CallFailed, ulong } from './application.ts'
import { type Appliance, type Client, CO_PIN, until, World } from './world.ts'

const world = new World()
let appliance: Appliance
let client: Client

/** Random, and the same in every run: a failure can be run again. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1103515245 + 12345) % 2 ** 31
    return state / 2 ** 31
  }
}

before(async () => {
  const pair = await world.pair()
  appliance = pair.appliance
  client = pair.client
  await sign('key', true)
})
after(() => world.end())

/** Keys whose making was answered with CKR_OK. */
const acknowledged = new Set<string>()

/** Logs in, makes the key if asked to, signs with it. */
async function sign(id: string, make = false): Promise<void> {
  const application = await Application.start(client.socket)
  try {
    const session = await application.openSession()
    await application.login(session, CKU.USER, CO_PIN)
    if (make) {
      await application.generateKey(session, id)
      acknowledged.add(id)
    }
    const [key] = await application.findKeys(session, id)
    assert.ok(key !== undefined, `key "${id}" is there`)
    assert.equal((await application.sign(session, key)).length, 64)
  } finally {
    application.stop()
  }
}

/** Every acknowledged key is there and signs; nothing else than whole keys is listed. */
async function signWithAll(): Promise<void> {
  const application = await Application.start(client.socket)
  const session = await application.openSession()
  await application.login(session, CKU.USER, CO_PIN)
  for (const id of acknowledged) {
    const keys = await application.findKeys(session, id)
    assert.equal(keys.length, 1, `key "${id}" is there once`)
    for (const key of keys) assert.equal((await application.sign(session, key)).length, 64)
  }
  application.stop()
}

async function opened(): Promise<{ readonly application: Application; readonly session: bigint }> {
  const application = await Application.start(client.socket)
  return { application, session: await application.openSession() }
}

/** Ends by being rejected. */
async function logInForEver(application: Application, session: bigint): Promise<never> {
  for (;;) {
    await application.login(session, CKU.USER, CO_PIN)
    await application.call('C_Logout', ulong(session))
  }
}

/** Resolves when the killer watches, with what resolves when it has killed. */
async function killWhenEmpty(pids: readonly number[]): Promise<{ readonly done: Promise<unknown> }> {
  const store = path.join(appliance.directory, 'tokens', '1', 'store')
  const file = path.join(store, readdirSync(store)[0] ?? '', 'token.object')
  const killer = spawn(process.execPath, [path.join(import.meta.dirname, 'killer.ts'), file, ...pids.map(String)])
  const done = new Promise(resolve => killer.once('exit', resolve))
  await new Promise(resolve => killer.stdout.once('data', resolve))
  return { done }
}

/** Works without pause until told to stop; what fails while something dies is expected to fail. */
function workLoop(): { readonly stop: () => Promise<void> } {
  let on = true
  const loop = async () => {
    while (on) {
      await sign(`key-${Math.random()}`, true).catch(error => {
        if (!(error instanceof CallFailed)) throw error
      })
    }
  }
  const loops = [loop(), loop()]
  return {
    stop: async () => {
      on = false
      await Promise.all(loops)
    },
  }
}

test('p11-kit-remote killed in the moment in which token.object is empty: the token lives', async () => {
  for (let round = 0; round < 8; round++) {
    const { session, application } = await opened()
    const [remote] = world.remotes()
    const killer = await killWhenEmpty([remote ?? 0])
    await assert.rejects(logInForEver(application, session), { rv: 'CKR_DEVICE_ERROR' })
    await killer.done
    application.stop()
  }
  await signWithAll()
  assert.match(appliance.stderr, /token mended: 1 restored/)
})

test('the whole device killed in that moment: at its next start the token lives', async () => {
  for (let round = 0; round < 4; round++) {
    const { session, application } = await opened()
    const killer = await killWhenEmpty([appliance.pid, ...world.remotes()])
    await assert.rejects(logInForEver(application, session), { rv: 'CKR_DEVICE_ERROR' })
    await killer.done
    application.stop()
    await appliance.end()
    await appliance.start()
    await signWithAll()
  }
})

test('killed at random among logins and key generations: every key that was acknowledged is there', async () => {
  const next = random(1)
  for (let kill = 0; kill < 12; kill++) {
    const work = workLoop()
    await sleep(next() * 300)
    if (kill % 3 === 2) await appliance.end('SIGKILL')
    // Of the processes of a namespace none survives its first; here they are ended like that.
    for (const remote of world.remotes()) endNow(remote)
    if (kill % 3 === 2) await appliance.start()
    await work.stop()
  }
  assert.ok(acknowledged.size > 1)
  await signWithAll()
})

test('an application that waits at C_OpenSession gets its session when the device comes back', async () => {
  await appliance.end()
  const application = await Application.start(client.socket)
  const opened = application.openSession()
  await appliance.start()
  assert.ok((await opened) > 0n)
  application.stop()
})

test('a lost device is an error once; the socket stays, and a new session works', async () => {
  const application = await Application.start(client.socket)
  const session = await application.openSession()
  await application.login(session, CKU.USER, CO_PIN)
  await appliance.end('SIGKILL')
  await appliance.start()
  await assert.rejects(application.findKeys(session, 'key'), { rv: 'CKR_DEVICE_ERROR' })
  await assert.rejects(application.findKeys(session, 'key'), { rv: 'CKR_SESSION_HANDLE_INVALID' })
  const again = await application.openSession()
  await application.login(again, CKU.USER, CO_PIN)
  assert.equal((await application.findKeys(again, 'key')).length, 1)
  application.stop()
})

test('a device that hangs is noticed by its silence, not waited for', async () => {
  const application = await Application.start(client.socket)
  const session = await application.openSession()
  appliance.signal('SIGSTOP')
  const started = performance.now()
  await assert.rejects(application.login(session, CKU.USER, CO_PIN), { rv: 'CKR_DEVICE_ERROR' })
  appliance.signal('SIGCONT')
  assert.ok(performance.now() - started < 12_000)
  application.stop()
})

test('the client that ends takes no device process with it for long', async () => {
  const application = await Application.start(client.socket)
  await application.openSession()
  await client.end('SIGKILL')
  await until(() => world.remotes().length === 0, 'the device has ended the process of the lost client')
  await client.start()
  await sign('key')
})

function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself meanwhile.
  }
}
