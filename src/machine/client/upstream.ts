/**
 * One TLS connection to a member, and with it one p11-kit-remote over there: what PKCS#11 calls an application. Calls
 * may be made while others run; they are answered in order.
 */
import { connect, type TLSSocket } from 'node:tls'
import { CKR } from '../../base/pkcs11/constants.ts'
import {
  ENVELOPE_PROTOCOL,
  type Envelope,
  EnvelopeDecoder,
  encodeEnvelope,
  HEARTBEAT,
  SILENCE,
} from '../../base/pkcs11/envelope.ts'
import { encodeFrame, parseFrame } from '../../base/pkcs11/frame.ts'
import { requestBody, resultOf } from '../../base/pkcs11/message.ts'
import { fingerprintOf } from '../../base/pki/fingerprint.ts'
import type { Identity } from '../../base/pki/identity.ts'
import type { ClientMember } from './config.ts'

/** The member is not there, is not the one that was pinned, went away, or fell silent. */
export class UpstreamLost extends Error {}

const CONNECT_WITHIN = 5000
/** Calls on the wire at once; more wait here. The other side works on one at a time and refuses long queues. */
const WINDOW = 16
/** How a p11-kit client greets (pkcs11-rpc.md, section 3, call 1). */
const GREETING = requestBody(
  'C_Initialize',
  bytes('PRIVATE-GNOME-KEYRING-PKCS11-PROTOCOL-V-1'),
  { kind: 'y', byte: 0 },
  bytes('\0'),
)

interface Call {
  readonly body: Buffer
  readonly answer: PromiseWithResolvers<Buffer>
}

export class Upstream {
  readonly hsm: string
  readonly #socket: TLSSocket
  readonly #envelopes = new EnvelopeDecoder()
  readonly #sent = new Map<number, Call>()
  #waiting: Call[] = []
  #lost: UpstreamLost | null = null
  #heard = 0
  #heartbeat: NodeJS.Timeout | null = null
  #code = 0

  private constructor(hsm: string, socket: TLSSocket) {
    this.hsm = hsm
    this.#socket = socket
    socket.setNoDelay(true)
    socket.setKeepAlive(true, HEARTBEAT)
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', error => this.#fail(error.message))
    socket.on('close', () => this.#fail('the connection was closed'))
  }

  /** Connects, proves both sides and initialises PKCS#11 over there. Rejects with UpstreamLost. */
  static async open(member: ClientMember, identity: Identity, fingerprint: string): Promise<Upstream> {
    const upstream = new Upstream(member.hsm, await connectTo(member, identity, fingerprint))
    const greeted = await upstream.call(GREETING)
    if (resultOf(greeted, 'C_Initialize') === CKR.OK) return upstream
    upstream.close()
    throw new UpstreamLost(`${member.hsm} refuses to initialise PKCS#11`)
  }

  get lost(): boolean {
    return this.#lost !== null
  }

  /** Sends a request body and answers the response's; rejects with UpstreamLost. */
  call(body: Buffer): Promise<Buffer> {
    if (this.#lost) return Promise.reject(this.#lost)
    const call: Call = { body, answer: Promise.withResolvers<Buffer>() }
    this.#waiting.push(call)
    this.#send()
    return call.answer.promise
  }

  close(): void {
    this.#fail('the connection was closed')
  }

  #send(): void {
    while (this.#sent.size < WINDOW) {
      const call = this.#waiting.shift()
      if (!call) break
      this.#code = (this.#code % 0xffff_fffe) + 1
      this.#sent.set(this.#code, call)
      this.#socket.write(encodeEnvelope('rpc', encodeFrame(this.#code, call.body)))
    }
    if (this.#sent.size > 0 && this.#heartbeat === null) {
      this.#heard = performance.now()
      this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT)
    }
  }

  /** Only while something is outstanding: an idle connection costs no packets. */
  #beat(): void {
    if (performance.now() - this.#heard >= SILENCE) this.#fail(`${this.hsm} is silent`)
    else this.#socket.write(encodeEnvelope('ping'))
  }

  #receive(chunk: Buffer): void {
    this.#heard = performance.now()
    const envelopes = this.#envelopes.push(chunk)
    if (!envelopes.ok) return void this.#fail(envelopes.reason)
    for (const envelope of envelopes.value) this.#take(envelope)
  }

  #take({ type, payload }: Envelope): void {
    // A PONG or BUSY has done its work by being heard.
    if (type !== 'rpc') return
    const frame = parseFrame(payload)
    const call = frame.ok ? this.#sent.get(frame.value.code) : undefined
    if (!frame.ok || !call) return void this.#fail('an answer to nothing that was asked')
    this.#sent.delete(frame.value.code)
    call.answer.resolve(frame.value.body)
    this.#send()
    if (this.#sent.size === 0) this.#rest()
  }

  #rest(): void {
    if (this.#heartbeat) clearInterval(this.#heartbeat)
    this.#heartbeat = null
  }

  #fail(reason: string): void {
    if (this.#lost) return
    this.#lost = new UpstreamLost(reason)
    this.#rest()
    this.#socket.destroy()
    for (const { answer } of [...this.#sent.values(), ...this.#waiting]) answer.reject(this.#lost)
    this.#sent.clear()
    this.#waiting = []
  }
}

function connectTo(member: ClientMember, identity: Identity, fingerprint: string): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: member.address,
      port: member.port,
      cert: identity.certificate,
      key: identity.key,
      minVersion: 'TLSv1.3',
      ALPNProtocols: [ENVELOPE_PROTOCOL],
      // No authority vouches for a device: its certificate itself is compared, before anything is said to it.
      rejectUnauthorized: false,
    })
    const fail = (reason: string) => {
      clearTimeout(timer)
      socket.destroy()
      reject(new UpstreamLost(reason))
    }
    const onError = (error: Error) => fail(error.message)
    const onClose = () => fail(`${member.hsm} closed the connection`)
    const timer = setTimeout(() => fail(`${member.hsm} does not answer`), CONNECT_WITHIN)
    socket.on('error', onError).on('close', onClose)
    socket.once('secureConnect', () => {
      const shown = socket.getPeerX509Certificate()
      if (!shown || fingerprintOf(shown) !== fingerprint) return fail(`${member.hsm} shows another certificate`)
      clearTimeout(timer)
      socket.off('error', onError).off('close', onClose)
      resolve(socket)
    })
  })
}

function bytes(text: string) {
  const content = Buffer.from(text)
  return { kind: 'ay', bytes: content, length: content.length } as const
}
