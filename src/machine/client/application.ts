/**
 * One application: what the stock p11-kit-client.so of one process says over the client's socket. It sees one slot a
 * group, numbered as configured; its sessions are handles of ours, each over the connection of its slot.
 */
import type { Socket } from 'node:net'
import { answerUlong, answerWithUlong, slotListBody } from '../../base/pkcs11/answers.ts'
import { CKR } from '../../base/pkcs11/constants.ts'
import { encodeFrame, type Frame, FrameDecoder, LARGEST_FRAME } from '../../base/pkcs11/frame.ts'
import type { Dialect } from '../../base/pkcs11/mechanism.ts'
import {
  encodeRequest,
  errorBody,
  parseRequest,
  type Request,
  responseBody,
  resultOf,
  ulongAt,
  withUlong,
} from '../../base/pkcs11/message.ts'
import { roomFor } from '../../base/pkcs11/value.ts'
import type { ClientSlot } from './config.ts'
import { asGroupToken, libraryInfo, slotInfo } from './local-answers.ts'
import { type Credentials, SlotLink } from './slot-link.ts'
import type { Upstream } from './upstream.ts'

/** The highest protocol that we know; we answer the lower of it and the application's. */
const VERSION = 2
/** How long an application waits for a member that may come back. Luna gives a command 20 s. */
const PATIENCE = 20_000
/** Calls of one application at once, and what they hold; beyond, its socket is not read. Each thread has one at most. */
const MOST_CALLS = 256
const MOST_BYTES = 2 * LARGEST_FRAME
/** The appliance shows a partition as slot 0. */
const MEMBER_SLOT = 0n

interface VirtualSession {
  readonly slot: number
  readonly upstream: Upstream
  readonly handle: bigint
}

export class Application {
  readonly #socket: Socket
  readonly #frames = new FrameDecoder()
  readonly #slots: readonly ClientSlot[]
  readonly #credentials: Credentials
  readonly #sessions = new Map<bigint, VirtualSession>()
  #dialect: Dialect | null = null
  /** One a slot, from C_Initialize to C_Finalize; null outside. */
  #links: readonly SlotLink[] | null = null
  #calls = 0
  #bytes = 0
  #lastHandle = 0n

  /** `slots` are the groups as configured now; they stay for this application. */
  constructor(socket: Socket, slots: readonly ClientSlot[], credentials: Credentials) {
    this.#socket = socket
    this.#slots = slots
    this.#credentials = credentials
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#end())
  }

  /** Breaks the connections to an HSM that is not trusted any more. */
  drop(hsm: string): void {
    for (const link of this.#links ?? []) link.drop(hsm)
  }

  #receive(chunk: Buffer): void {
    const frames = this.#frames.push(this.#dialect === null ? this.#greet(chunk) : chunk)
    if (!frames.ok) return void this.#socket.destroy()
    for (const frame of frames.value) void this.#serve(frame)
  }

  /** The first byte is the version; from 2 on, mechanisms are written in another way (pkcs11-rpc.md, section 3). */
  #greet(chunk: Buffer): Buffer {
    const version = Math.min(chunk.readUInt8(0), VERSION)
    this.#dialect = version === 0 || version === 1 ? version : 2
    this.#socket.write(Buffer.of(version))
    return chunk.subarray(1)
  }

  async #serve({ code, body }: Frame): Promise<void> {
    const parsed = parseRequest(body, this.#dialect ?? 0)
    // What is not the protocol ends the connection, as p11-kit itself does.
    if (!parsed.ok) return void this.#socket.destroy()
    this.#hold(1, body.length)
    const answer = parsed.value.known
      ? await this.#answer(parsed.value.request).catch(() => errorBody(CKR.DEVICE_ERROR))
      : errorBody(CKR.FUNCTION_NOT_SUPPORTED)
    this.#hold(-1, -body.length)
    if (!this.#socket.destroyed) this.#socket.write(encodeFrame(code, answer))
  }

  #hold(calls: number, bytes: number): void {
    this.#calls += calls
    this.#bytes += bytes
    if (this.#calls >= MOST_CALLS || this.#bytes >= MOST_BYTES) this.#socket.pause()
    else if (this.#socket.isPaused()) this.#socket.resume()
  }

  /** Rejects with UpstreamLost where the member is lost while it works. */
  async #answer(request: Request): Promise<Buffer> {
    const { call, values } = request
    if (call.name === 'C_Initialize') {
      this.#links ??= this.#slots.map(slot => new SlotLink(slot, this.#credentials))
      return responseBody('C_Initialize')
    }
    const links = this.#links
    if (!links) return errorBody(CKR.CRYPTOKI_NOT_INITIALIZED)
    if (roomFor(values) > LARGEST_FRAME) return errorBody(CKR.DEVICE_MEMORY)
    switch (call.name) {
      case 'C_Finalize':
        this.#end()
        return responseBody('C_Finalize')
      case 'C_GetInfo':
        return libraryInfo()
      case 'C_GetSlotList':
        return await listSlots(links, request)
      case 'C_WaitForSlotEvent':
      // A group's token is made by the registration of its members, never by an application.
      case 'C_InitToken':
        return errorBody(CKR.FUNCTION_NOT_SUPPORTED)
      case 'C_GetSlotInfo':
      case 'C_GetTokenInfo':
      case 'C_GetMechanismList':
      case 'C_GetMechanismInfo':
      case 'C_OpenSession':
      case 'C_CloseAllSessions':
        return await this.#slotCall(links, request)
      default:
        return await this.#sessionCall(request)
    }
  }

  async #slotCall(links: readonly SlotLink[], request: Request): Promise<Buffer> {
    const slot = Number(ulongAt(request.values, 0))
    const link = links[slot]
    if (!link) return errorBody(CKR.SLOT_ID_INVALID)
    if (request.call.name === 'C_CloseAllSessions') return await this.#closeAll(request, slot, link.current)
    const upstream = await link.reach(request.call.name === 'C_OpenSession' ? PATIENCE : 0)
    if (request.call.name === 'C_GetSlotInfo') return slotInfo(link.slot, upstream !== null)
    if (!upstream) return errorBody(CKR.TOKEN_NOT_PRESENT)
    const answer = await forward(upstream, request, MEMBER_SLOT)
    if (request.call.name === 'C_GetTokenInfo') return asGroupToken(answer, link.slot)
    if (request.call.name === 'C_OpenSession') return this.#opened(answer, slot, upstream)
    return answer
  }

  #opened(answer: Buffer, slot: number, upstream: Upstream): Buffer {
    const handle = answerUlong(answer, 'C_OpenSession', 0)
    if (handle === null) return answer
    const virtual = ++this.#lastHandle
    this.#sessions.set(virtual, { slot, upstream, handle })
    return responseBody('C_OpenSession', { kind: 'u', ulong: virtual })
  }

  async #closeAll(request: Request, slot: number, upstream: Upstream | null): Promise<Buffer> {
    for (const [handle, session] of this.#sessions) if (session.slot === slot) this.#sessions.delete(handle)
    return upstream ? await forward(upstream, request, MEMBER_SLOT) : responseBody('C_CloseAllSessions')
  }

  /** Everything whose first value is a session. */
  async #sessionCall(request: Request): Promise<Buffer> {
    const virtual = ulongAt(request.values, 0)
    const session = this.#sessions.get(virtual)
    if (!session) return errorBody(CKR.SESSION_HANDLE_INVALID)
    const { call } = request
    if (session.upstream.lost) {
      // The member's session died with its connection: that is said once, and then the handle is gone.
      this.#sessions.delete(virtual)
      return call.name === 'C_CloseSession' ? responseBody('C_CloseSession') : errorBody(CKR.DEVICE_ERROR)
    }
    const answer = await forward(session.upstream, request, session.handle)
    if (call.name === 'C_CloseSession' && resultOf(answer, call.name) === CKR.OK) this.#sessions.delete(virtual)
    return call.name === 'C_GetSessionInfo' ? answerWithUlong(answer, call.name, 0, BigInt(session.slot)) : answer
  }

  #end(): void {
    for (const link of this.#links ?? []) link.close()
    this.#links = null
    this.#sessions.clear()
  }
}

async function listSlots(links: readonly SlotLink[], { values }: Request): Promise<Buffer> {
  const [present, room] = values
  const all = present?.kind !== 'y' || present.byte === 0
  const shown = await Promise.all(
    links.map(async (link, slot) => (all || (await link.reach(0)) !== null ? [BigInt(slot)] : [])),
  )
  return slotListBody(shown.flat(), room?.kind === 'fu' ? room.count : 0)
}

/** Passes a call on with its first value, a slot or session, as the member knows it. */
async function forward(upstream: Upstream, { call, values }: Request, first: bigint): Promise<Buffer> {
  const body = encodeRequest({ call, values: withUlong(values, 0, first) }, 1)
  return body ? await upstream.call(body) : errorBody(CKR.MECHANISM_INVALID)
}
