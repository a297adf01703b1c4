/**
 * Records what the installed p11-kit-client.so really says and hears, for the codec's golden test:
 * `node test/device/record-golden.ts > test/unit/base/pkcs11/golden/p11-kit-0.24.1.json`. A few of each message are
 * kept.
 */
import { writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import path from 'node:path'
import { FrameDecoder } from '../../src/base/pkcs11/frame.ts'
import { CO_PIN, World } from './world.ts'

const KEPT_OF_EACH = 3

const world = new World()
const { client } = await world.pair()
const messages: { readonly from: 'application' | 'library'; readonly call: number; readonly body: string }[] = []
const seen = new Map<string, number>()

function keep(from: 'application' | 'library', call: number, body: Buffer): void {
  const kind = `${from} ${call}`
  const count = (seen.get(kind) ?? 0) + 1
  seen.set(kind, count)
  if (count <= KEPT_OF_EACH) messages.push({ from, call, body: body.toString('hex') })
}

/** Between the application and the client: passes on what it keeps. */
const tap = createServer(application => {
  const library = connect(client.socket)
  const calls = new Map<number, number>()
  const [asked, answered] = [new FrameDecoder(), new FrameDecoder()]
  let [greeting, greeted] = [true, true]
  application.on('data', (chunk: Buffer) => {
    library.write(chunk)
    const frames = asked.push(greeting ? chunk.subarray(1) : chunk)
    greeting = false
    for (const { code, body } of frames.ok ? frames.value : []) {
      calls.set(code, body.readUInt32BE(0))
      keep('application', body.readUInt32BE(0), body)
    }
  })
  library.on('data', (chunk: Buffer) => {
    application.write(chunk)
    const frames = answered.push(greeted ? chunk.subarray(1) : chunk)
    greeted = false
    for (const { code, body } of frames.ok ? frames.value : []) keep('library', calls.get(code) ?? 0, body)
  })
  application.on('close', () => library.destroy()).on('error', () => {})
  library.on('close', () => application.destroy()).on('error', () => {})
})
const tapped = path.join(world.directory, 'tap.sock')
await new Promise<void>(resolve => tap.listen(tapped, resolve))

const message = path.join(world.directory, 'message')
writeFileSync(message, Buffer.alloc(32, 1))
const login = ['--login', '--pin', CO_PIN]
const files = ['-i', message, '-o', path.join(world.directory, 'out')]
const id = ['--id', '01']
for (const args of [
  ['-L'],
  ['-M'],
  [...login, '--keypairgen', '--key-type', 'rsa:2048', ...id, '--label', 'rsa'],
  [...login, '--keypairgen', '--key-type', 'EC:prime256v1', '--id', '02'],
  [...login, '--keygen', '--key-type', 'AES:32', '--id', '03', '--label', 'aes'],
  [...login, '-O'],
  [...login, '--sign', '-m', 'RSA-PKCS-PSS', '--hash-algorithm', 'SHA256', ...id, ...files],
  [...login, '--sign', '-m', 'SHA256-RSA-PKCS', ...id, ...files],
  [...login, '--encrypt', '-m', 'AES-ECB', '--id', '03', ...files],
  [...login, '--decrypt', '-m', 'RSA-PKCS-OAEP', '--hash-algorithm', 'SHA-1', ...id, ...files],
  [...login, '--hash', '-m', 'SHA256', ...files],
  [...login, '--generate-random', '16', '-o', path.join(world.directory, 'random')],
  [...login, '--write-object', message, '--type', 'data', '--label', 'data'],
  [...login, '--delete-object', '--type', 'data', '--label', 'data'],
  [...login, '--change-pin', '--new-pin', `${CO_PIN}5`],
]) {
  await client.toolAt(tapped, ...args)
}

tap.close()
await world.end()
process.stdout.write(`${JSON.stringify(messages, null, 1)}\n`)
