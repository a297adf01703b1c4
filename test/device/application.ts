/** An application in a few lines: speaks the p11-kit RPC to a client's socket, as p11-kit-client.so does. */
import { connect, type Socket } from 'node:net'
import type { Attribute } from '../../src/base/pkcs11/attribute.ts'
import { type CallName, callByName } from '../../src/base/pkcs11/calls.ts'
import { CKF_RW_SESSION, CKF_SERIAL_SESSION, CKR, ckrName } from '../../src/base/pkcs11/constants.ts'
import { encodeFrame, FrameDecoder } from '../../src/base/pkcs11/frame.ts'
import type { Dialect, Mechanism } from '../../src/base/pkcs11/mechanism.ts'
import { encodeRequest, parseResponse, ulongAt } from '../../src/base/pkcs11/message.ts'
import type { Value } from '../../src/base/pkcs11/value.ts'

/** A call that did not answer CKR_OK. */
export class CallFailed extends Error {
  readonly rv: string

  constructor(call: CallName, rv: string) {
    super(`${call}: ${rv}`)
    this.rv = rv
  }
}

export const ulong = (value: bigint): Value => ({ kind: 'u', ulong: value })
export const bytes = (data: string | Buffer): Value => {
  const content = Buffer.from(data)
  return { kind: 'ay', bytes: content, length: content.length }
}
const template = (...attributes: Attribute[]): Value => ({ kind: 'aA', attributes })
const flag = (type: number, on: boolean): Attribute => ({
  type,
  content: { length: 1, data: { class: 'byte', value: on ? 1 : 0 } },
})
const blob = (type: number, data: Buffer): Attribute => ({
  type,
  content: { length: data.length, data: { class: 'bytes', value: data } },
})
const mechanismOf = (type: number): Value => ({ kind: 'M', mechanism: { type, parameter: null } })

const bytesOf = ([value]: readonly Value[]): Buffer =>
  value?.kind === 'ay' && value.bytes ? value.bytes : Buffer.alloc(0)

const CKM_AES_KEY_GEN = 0x1080
const CKM_ECDSA = 0x1041
const CKM_EC_KEY_PAIR_GEN = 0x1040
const P256 = Buffer.from('06082a8648ce3d030107', 'hex')

export class Application {
  readonly #socket: Socket
  readonly #dialect: Dialect
  readonly #frames = new FrameDecoder()
  readonly #pending = new Map<number, (body: Buffer | null) => void>()
  #code = 16
  #greeted = false

  private constructor(socket: Socket, dialect: Dialect) {
    this.#socket = socket
    this.#dialect = dialect
    socket.on('data', (chunk: Buffer) => {
      const frames = this.#frames.push(this.#greeted ? chunk : chunk.subarray(1))
      this.#greeted = true
      for (const { code, body } of frames.ok ? frames.value : []) {
        this.#pending.get(code)?.(body)
        this.#pending.delete(code)
      }
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      for (const resolve of this.#pending.values()) resolve(null)
    })
  }

  /** `dialect` is also the version byte: 0 speaks like p11-kit 0.24, 2 like 0.25.6 and newer. */
  static async start(socketFile: string, dialect: Dialect = 0): Promise<Application> {
    const socket = connect(socketFile)
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    const application = new Application(socket, dialect)
    socket.write(Buffer.of(dialect))
    const greeting = 'PRIVATE-GNOME-KEYRING-PKCS11-PROTOCOL-V-1'
    await application.call('C_Initialize', bytes(greeting), { kind: 'y', byte: 0 }, bytes('\0'))
    return application
  }

  /** The values of the answer; rejects with CallFailed. */
  async call(name: CallName, ...values: Value[]): Promise<readonly Value[]> {
    const code = this.#code++
    const request = encodeRequest({ call: callByName(name), values }, this.#dialect)
    if (!request) throw new Error(`${name} cannot be said in dialect ${this.#dialect}`)
    const body = await new Promise<Buffer | null>(resolve => {
      this.#pending.set(code, resolve)
      this.#socket.write(encodeFrame(code, request))
    })
    if (body === null) throw new CallFailed(name, 'the socket was closed')
    const response = parseResponse(body, name)
    if (!response.ok) throw new Error(response.reason)
    if (response.value.rv !== CKR.OK || !response.value.values) throw new CallFailed(name, ckrName(response.value.rv))
    return response.value.values
  }

  async openSession(slot = 0n): Promise<bigint> {
    return ulongAt(await this.call('C_OpenSession', ulong(slot), ulong(CKF_RW_SESSION | CKF_SERIAL_SESSION)), 0)
  }

  async login(session: bigint, user: bigint, pin: string): Promise<void> {
    await this.call('C_Login', ulong(session), ulong(user), bytes(pin))
  }

  /** An EC key pair on P-256; answers the private key's handle. */
  async generateKey(session: bigint, id: string, inToken = true): Promise<bigint> {
    const common = [flag(0x1, inToken), blob(0x102, Buffer.from(id))]
    const publicKey = template(...common, blob(0x180, P256))
    const privateKey = template(...common, flag(0x2, true), flag(0x108, true))
    const pair = await this.call(
      'C_GenerateKeyPair',
      ulong(session),
      mechanismOf(CKM_EC_KEY_PAIR_GEN),
      publicKey,
      privateKey,
    )
    return ulongAt(pair, 1)
  }

  /** Handles of the private keys with that id. */
  async findKeys(session: bigint, id: string): Promise<readonly bigint[]> {
    const wanted: Attribute = { type: 0x0, content: { length: 8, data: { class: 'ulong', value: 3n } } }
    await this.call('C_FindObjectsInit', ulong(session), template(wanted, blob(0x102, Buffer.from(id))))
    const [found] = await this.call('C_FindObjects', ulong(session), { kind: 'fu', count: 16 })
    await this.call('C_FindObjectsFinal', ulong(session))
    return found?.kind === 'au' ? (found.ulongs ?? []) : []
  }

  async sign(session: bigint, key: bigint, digest = Buffer.alloc(32, 7)): Promise<Buffer> {
    await this.call('C_SignInit', ulong(session), mechanismOf(CKM_ECDSA), ulong(key))
    return bytesOf(await this.call('C_Sign', ulong(session), bytes(digest), { kind: 'fy', size: 128 }))
  }

  /** With a fresh AES key of the session. */
  async encryptAndDecrypt(session: bigint, mechanism: Mechanism, text: Buffer): Promise<Buffer> {
    const length: Attribute = { type: 0x161, content: { length: 8, data: { class: 'ulong', value: 32n } } }
    const wanted = template(flag(0x1, false), flag(0x104, true), flag(0x105, true), length)
    const made = await this.call('C_GenerateKey', ulong(session), mechanismOf(CKM_AES_KEY_GEN), wanted)
    const key = ulong(ulongAt(made, 0))
    const room: Value = { kind: 'fy', size: 256 }
    await this.call('C_EncryptInit', ulong(session), { kind: 'M', mechanism }, key)
    const sealed = bytesOf(await this.call('C_Encrypt', ulong(session), bytes(text), room))
    await this.call('C_DecryptInit', ulong(session), { kind: 'M', mechanism }, key)
    return bytesOf(await this.call('C_Decrypt', ulong(session), bytes(sealed), room))
  }

  stop(): void {
    this.#socket.destroy()
  }
}
