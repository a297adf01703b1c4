/**
 * One TLS connection on 1792: the envelope around p11-kit frames. Calls are answered in order, one at a time; a PING is
 * answered at once, and a call that takes long is accompanied by BUSY.
 */
import type { Socket } from 'node:net'
import { CKR, ckrName } from '../../../base/pkcs11/constants.ts'
import { EnvelopeDecoder, type EnvelopeType, encodeEnvelope, HEARTBEAT } from '../../../base/pkcs11/envelope.ts'
import { encodeFrame, type Frame, LARGEST_FRAME, parseFrame } from '../../../base/pkcs11/frame.ts'
import { errorBody, parseRequest, type Request, resultOf } from '../../../base/pkcs11/message.ts'
import type { AuditLog } from '../audit-log.ts'

/** An honest client has a call for each of its threads; ours keeps far fewer on the wire. */
const LONGEST_QUEUE = 256
const LARGEST_QUEUE = 2 * LARGEST_FRAME

export interface ConnectionNames {
  readonly number: number
  readonly client: string
  readonly partition: number
}

/** What the calls are answered by. */
export interface Answering {
  answer(request: Request): Promise<Buffer>
  end(): Promise<void>
}

export class NtlsConnection {
  readonly names: ConnectionNames
  readonly #socket: Socket
  readonly #session: Answering
  readonly #audit: AuditLog
  readonly #envelopes = new EnvelopeDecoder()
  readonly #ended = Promise.withResolvers<void>()
  #queue: Frame[] = []
  #queued = 0
  #working = false
  #closing = false

  constructor(socket: Socket, session: Answering, names: ConnectionNames, audit: AuditLog) {
    this.names = names
    this.#socket = socket
    this.#session = session
    this.#audit = audit
    audit.record({ event: 'connected', client: names.client, connection: names.number })
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => void this.close('the client is gone'))
  }

  /** Resolves when its process has ended. */
  get ended(): Promise<void> {
    return this.#ended.promise
  }

  /** Lets the call that runs be answered, and takes no more. */
  async close(why: string): Promise<void> {
    if (!this.#closing) {
      this.#closing = true
      this.#queue = []
      this.#audit.record({ event: 'closed', client: this.names.client, connection: this.names.number, why })
      if (!this.#working) await this.#end()
    }
    await this.#ended.promise
  }

  #receive(chunk: Buffer): void {
    const envelopes = this.#envelopes.push(chunk)
    if (!envelopes.ok) return void this.close(envelopes.reason)
    for (const { type, payload } of envelopes.value) {
      if (this.#closing) return
      if (type === 'ping') this.#send('pong')
      else if (type === 'rpc') this.#enqueue(payload)
      else void this.close(`a client has no ${type} to send`)
    }
    if (!this.#working) void this.#work()
  }

  #enqueue(payload: Buffer): void {
    const frame = parseFrame(payload)
    if (!frame.ok) return void this.close(frame.reason)
    this.#queue.push(frame.value)
    this.#queued += frame.value.body.length
    if (this.#queue.length > LONGEST_QUEUE || this.#queued > LARGEST_QUEUE) void this.close('too many calls at once')
  }

  async #work(): Promise<void> {
    this.#working = true
    for (let frame = this.#queue.shift(); frame; frame = this.#queue.shift()) {
      this.#queued -= frame.body.length
      const busy = setInterval(() => this.#send('busy'), HEARTBEAT)
      try {
        await this.#send('rpc', encodeFrame(frame.code, await this.#answer(frame.body)))
      } catch (error) {
        // The process of the session died, or the request is none. There is nothing to go on with.
        void this.close(error instanceof Error ? error.message : 'failed')
      } finally {
        clearInterval(busy)
      }
    }
    this.#working = false
    if (this.#closing) await this.#end()
  }

  async #answer(body: Buffer): Promise<Buffer> {
    const parsed = parseRequest(body, 1)
    if (!parsed.ok) throw new Error(parsed.reason)
    if (!parsed.value.known) return errorBody(CKR.FUNCTION_NOT_SUPPORTED)
    const { request } = parsed.value
    const answer = await this.#session.answer(request)
    this.#audit.record({
      event: 'call',
      client: this.names.client,
      connection: this.names.number,
      session: sessionOf(request),
      call: request.call.name,
      result: ckrName(resultOf(answer, request.call.name)),
    })
    return answer
  }

  /** Resolves when the socket can take more: a client that does not read is not answered further. */
  async #send(type: EnvelopeType, payload?: Buffer): Promise<void> {
    if (this.#socket.destroyed || this.#socket.write(encodeEnvelope(type, payload))) return
    await new Promise<void>(resolve => {
      const done = () => {
        this.#socket.off('drain', done).off('close', done)
        resolve()
      }
      this.#socket.on('drain', done).on('close', done)
    })
  }

  async #end(): Promise<void> {
    this.#socket.destroySoon()
    await this.#session.end()
    this.#ended.resolve()
  }
}

const WITHOUT_SESSION: ReadonlySet<string> = new Set([
  'C_GetSlotInfo',
  'C_GetTokenInfo',
  'C_GetMechanismList',
  'C_GetMechanismInfo',
  'C_InitToken',
  'C_OpenSession',
  'C_CloseAllSessions',
  'C_WaitForSlotEvent',
])

/** Handles and slots are numbers of no secrecy; nothing else of a request goes into the log. */
function sessionOf({ call, values }: Request): string | null {
  const [first] = values
  return first?.kind === 'u' && !WITHOUT_SESSION.has(call.name) ? `0x${first.ulong.toString(16)}` : null
}
