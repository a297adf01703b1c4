import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, mock, test } from 'node:test'
import { CKR, CKU } from '../../../../src/base/pkcs11/constants.ts'
import { type Envelope, EnvelopeDecoder, encodeEnvelope } from '../../../../src/base/pkcs11/envelope.ts'
import { encodeFrame, parseFrame } from '../../../../src/base/pkcs11/frame.ts'
import { requestBody, responseBody, resultOf } from '../../../../src/base/pkcs11/message.ts'
import { AuditLog } from '../../../../src/machine/appliance/audit-log.ts'
import { type Answering, NtlsConnection } from '../../../../src/machine/appliance/ntls/connection.ts'

const directory = mkdtempSync(path.join(tmpdir(), 'connection-'))
const socketFile = path.join(directory, 'sock')
const audit = new AuditLog(path.join(directory, 'audit.log'))
let server: Server
before(async () => {
  server = createServer()
  await new Promise<void>(resolve => server.listen(socketFile, resolve))
})
after(() => {
  server.close()
  rmSync(directory, { recursive: true })
})

const logout = requestBody('C_Logout', { kind: 'u', ulong: 1n })
const rpc = (code: number, body: Buffer) => encodeEnvelope('rpc', encodeFrame(code, body))

/** A connection whose calls are answered when the test says so, and the client's end of it. */
async function connected() {
  const accepted = new Promise<Socket>(resolve => server.once('connection', resolve))
  const client = connect(socketFile)
  const waiting: PromiseWithResolvers<Buffer>[] = []
  let ended = 0
  const session: Answering = {
    answer: () => {
      const answer = Promise.withResolvers<Buffer>()
      waiting.push(answer)
      return answer.promise
    },
    end: async () => {
      ended++
    },
  }
  const connection = new NtlsConnection(await accepted, session, { number: 1, client: 'vm1', partition: 1 }, audit)
  const heard: Envelope[] = []
  const decoder = new EnvelopeDecoder()
  client.on('data', (chunk: Buffer) => {
    const envelopes = decoder.push(chunk)
    if (envelopes.ok) heard.push(...envelopes.value)
  })
  const closed = new Promise<void>(resolve => client.once('close', () => resolve()))
  return { client, connection, heard, waiting, closed, ended: () => ended }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setImmediate(resolve))
}

test('calls are answered one after another, each with its own code', async () => {
  const { client, heard, waiting, connection } = await connected()
  client.write(Buffer.concat([rpc(5, logout), rpc(6, logout)]))
  await until(() => waiting.length === 1)
  waiting[0]?.resolve(responseBody('C_Logout'))
  await until(() => waiting.length === 2)
  waiting[1]?.resolve(responseBody('C_Logout'))
  await until(() => heard.length === 2)
  const codes = heard.map(({ payload }) => parseFrame(payload)).map(frame => (frame.ok ? frame.value.code : 0))
  assert.deepEqual(codes, [5, 6])
  client.destroy()
  await connection.ended
})

test('while a call works a PING is answered at once, and BUSY comes every two seconds', async () => {
  mock.timers.enable({ apis: ['setInterval'] })
  const { client, heard, waiting, connection } = await connected()
  client.write(rpc(5, logout))
  await until(() => waiting.length === 1)
  client.write(encodeEnvelope('ping'))
  await until(() => heard.length === 1)
  mock.timers.tick(1999)
  mock.timers.tick(4001)
  await until(() => heard.length === 4)
  assert.deepEqual(
    heard.map(({ type }) => type),
    ['pong', 'busy', 'busy', 'busy'],
  )
  waiting[0]?.resolve(responseBody('C_Logout'))
  await until(() => heard.length === 5)
  mock.timers.tick(10_000)
  mock.timers.reset()
  client.end(encodeEnvelope('ping'))
  await connection.ended
  assert.equal(heard.filter(({ type }) => type === 'busy').length, 3, 'none after the answer')
})

test('closing lets the call that works be answered, and ends the session once', async () => {
  const { client, heard, waiting, connection, closed, ended } = await connected()
  client.write(Buffer.concat([rpc(5, logout), rpc(6, logout)]))
  await until(() => waiting.length === 1)
  const gone = connection.close('a test')
  waiting[0]?.resolve(responseBody('C_Logout'))
  await Promise.all([gone, closed])
  assert.deepEqual({ heard: heard.length, asked: waiting.length, ended: ended() }, { heard: 1, asked: 1, ended: 1 })
})

test('a call of a later protocol is answered here', async () => {
  const { client, heard, connection } = await connected()
  const later = Buffer.from(logout)
  later.writeUInt32BE(66, 0)
  client.write(rpc(5, later))
  await until(() => heard.length === 1)
  const frame = parseFrame(heard[0]?.payload ?? Buffer.alloc(0))
  assert.ok(frame.ok)
  assert.equal(resultOf(frame.value.body, 'C_Logout'), CKR.FUNCTION_NOT_SUPPORTED)
  client.destroy()
  await connection.ended
})

const torn = Buffer.from(logout).subarray(0, -1)
const login = requestBody(
  'C_Login',
  { kind: 'u', ulong: 1n },
  { kind: 'u', ulong: CKU.USER },
  { kind: 'ay', bytes: Buffer.from('9876'), length: 4 },
)
const ENDING: readonly [string, Buffer][] = [
  ['an unknown type', Buffer.of(9, 0, 0, 0, 0)],
  ['a type that a client has no use for', encodeEnvelope('busy')],
  ['a payload that is no frame', encodeEnvelope('rpc', Buffer.of(1, 2, 3))],
  ['a request that is cut', rpc(5, torn)],
  ['a request with more behind it', rpc(5, Buffer.concat([login, Buffer.of(0)]))],
  ['300 calls without waiting', Buffer.concat(Array.from({ length: 300 }, (_, code) => rpc(code + 1, logout)))],
]
for (const [name, bytes] of ENDING) {
  test(`${name} ends the connection`, async () => {
    const { client, waiting, closed, connection } = await connected()
    client.write(bytes)
    await until(() => waiting.length > 0 || client.destroyed || client.readableEnded)
    for (const answer of waiting) answer.resolve(responseBody('C_Logout'))
    await closed
    await connection.ended
  })
}

test('a PIN that came in a broken request is not in the log', () => {
  audit.flush()
  assert.equal(audit.tail(100).join('').includes('9876'), false)
})
