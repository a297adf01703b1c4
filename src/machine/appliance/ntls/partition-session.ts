/**
 * One connection's use of its partition: the p11-kit-remote that serves it and the state that PKCS#11 gives an
 * application. It answers request bodies with response bodies; what carries them is connection.ts's.
 */
import { answerUlong, answerWithUlong, slotListBody } from '../../../base/pkcs11/answers.ts'
import { CKF_TOKEN_INITIALIZED, CKR } from '../../../base/pkcs11/constants.ts'
import { LARGEST_FRAME } from '../../../base/pkcs11/frame.ts'
import {
  encodeRequest,
  errorBody,
  parseResponse,
  type Request,
  requestBody,
  responseBody,
  resultOf,
  ulongAt,
  withUlong,
} from '../../../base/pkcs11/message.ts'
import { roomFor } from '../../../base/pkcs11/value.ts'
import { Remote, RemoteLost, type RemoteProgram } from '../token/remote.ts'
import type { Role, Token } from '../token/token.ts'
import { pinTriedBy, type Trial, trialOf } from './pin.ts'
import { takesSlot, treatmentOf } from './policy.ts'

/** The one slot that a client sees, whatever number SoftHSM gives it. */
const SLOT = 0n

export interface PartitionEvents {
  /** C_InitToken made another token of it: whoever else is connected holds handles of the old one. */
  readonly onInitialised: () => void
  /** The last try of the security officer's PIN was wrong (A10.9). */
  readonly onOfficerExhausted: () => void
}

export class PartitionSession {
  readonly #token: Token
  readonly #program: Omit<RemoteProgram, 'configuration'>
  readonly #events: PartitionEvents
  readonly #sessions = new Set<bigint>()
  #remote: Remote | null = null
  #realSlot = 0n
  #loggedIn: Role | null = null

  constructor(token: Token, program: Omit<RemoteProgram, 'configuration'>, events: PartitionEvents) {
    this.#token = token
    this.#program = program
    this.#events = events
  }

  /** One after another. Rejects with RemoteLost where the process died: the session has no meaning any more. */
  async answer(request: Request): Promise<Buffer> {
    const { call, values } = request
    if (roomFor(values) > LARGEST_FRAME) return errorBody(CKR.DEVICE_MEMORY)
    if (call.name === 'C_Initialize') return await this.#initialise(request)
    if (!this.#remote) return errorBody(CKR.CRYPTOKI_NOT_INITIALIZED)
    if (call.name === 'C_GetSlotList') return slotListBody([SLOT], roomFor(values) / 8)
    if (call.name === 'C_WaitForSlotEvent') return errorBody(CKR.FUNCTION_NOT_SUPPORTED)
    if (call.name === 'C_Finalize') {
      await this.end()
      return responseBody('C_Finalize')
    }
    if (!takesSlot(call.name)) return await this.#pass(this.#remote, request)
    if (ulongAt(values, 0) !== SLOT) return errorBody(CKR.SLOT_ID_INVALID)
    return await this.#pass(this.#remote, { call, values: withUlong(values, 0, this.#realSlot) })
  }

  /** Ends the process, if one runs. No call must be in progress. */
  async end(): Promise<void> {
    const remote = this.#remote
    this.#remote = null
    this.#sessions.clear()
    this.#loggedIn = null
    if (remote) await this.#token.lock.hold('exclusive', () => remote.end())
  }

  async #initialise(request: Request): Promise<Buffer> {
    if (this.#remote) return errorBody(CKR.CRYPTOKI_ALREADY_INITIALIZED)
    await this.#token.open()
    const remote = new Remote({ ...this.#program, configuration: this.#token.paths.configuration })
    this.#remote = remote
    await remote.dialect
    return await this.#token.lock.hold('exclusive', async () => {
      const body = await this.#send(remote, request)
      if (resultOf(body, 'C_Initialize') === CKR.OK) this.#realSlot = await findSlot(remote)
      return body
    })
  }

  async #send(remote: Remote, request: Request): Promise<Buffer> {
    const body = encodeRequest(request, await remote.dialect)
    return body ? await this.#token.run(remote, request.call.name, body, treatmentOf(request)) : UNTRANSLATABLE
  }

  async #pass(remote: Remote, request: Request): Promise<Buffer> {
    // A locked crypto officer stays locked: HSM policy 15, which lets the officer reset it, is off (A10.11).
    if (request.call.name === 'C_InitPIN' && this.#token.attempts.co.left === 0) return errorBody(CKR.PIN_LOCKED)
    const role = pinTriedBy(request, this.#loggedIn)
    const answer = await this.#token.lock.hold(treatmentOf(request).lock, () =>
      role === null ? this.#send(remote, request) : this.#tryPin(remote, request, role),
    )
    return this.#note(request, answer)
  }

  /**
   * Counted before it is tried: whoever stops this device now has used up the attempt. Where only the p11-kit-remote
   * dies, nothing was answered and so nothing was learned: that is no attempt.
   */
  async #tryPin(remote: Remote, request: Request, role: Role): Promise<Buffer> {
    const attempts = this.#token.attempts[role]
    if (attempts.left === 0) return errorBody(CKR.PIN_LOCKED)
    attempts.reserve()
    let trial: Trial = 'not tried'
    try {
      const answer = await this.#send(remote, request)
      trial = trialOf(resultOf(answer, request.call.name))
      return answer
    } finally {
      if (trial === 'right') attempts.right()
      if (trial === 'wrong') attempts.wrong()
      if (role === 'so' && attempts.left === 0) this.#events.onOfficerExhausted()
    }
  }

  /** Keeps account of what the process now believes, and hides its slot number. */
  #note({ call, values }: Request, answer: Buffer): Buffer {
    if (resultOf(answer, call.name) !== CKR.OK) return answer
    switch (call.name) {
      case 'C_OpenSession':
        this.#sessions.add(answerUlong(answer, 'C_OpenSession', 0) ?? 0n)
        break
      case 'C_CloseSession':
        this.#sessions.delete(ulongAt(values, 0))
        // The last session takes the login with it (PKCS #11 2.40, C_CloseSession).
        if (this.#sessions.size === 0) this.#loggedIn = null
        break
      case 'C_CloseAllSessions':
        this.#sessions.clear()
        this.#loggedIn = null
        break
      case 'C_Login':
        this.#loggedIn = pinTriedBy({ call, values }, this.#loggedIn)
        break
      case 'C_Logout':
        this.#loggedIn = null
        break
      case 'C_InitPIN':
        this.#token.attempts.co.right()
        break
      case 'C_InitToken':
        this.#token.attempts.co.right()
        this.#events.onInitialised()
        break
      case 'C_GetSessionInfo':
        return answerWithUlong(answer, 'C_GetSessionInfo', 0, SLOT)
    }
    return answer
  }
}

/** A mechanism or template that the installed p11-kit-remote cannot be told. */
const UNTRANSLATABLE = errorBody(CKR.MECHANISM_INVALID)

/**
 * The slot of the partition's token. SoftHSM always offers one uninitialised slot more; it counts only while there is no
 * token, when it is where C_InitToken will make one.
 */
async function findSlot(remote: Remote): Promise<bigint> {
  const room = { kind: 'fu', count: 16 } as const
  const body = await remote.call(requestBody('C_GetSlotList', { kind: 'y', byte: 1 }, room))
  const list = parseResponse(body, 'C_GetSlotList')
  const value = list.ok ? list.value.values?.[0] : undefined
  const slots = value?.kind === 'au' ? (value.ulongs ?? []) : []
  for (const slot of slots) {
    const info = await remote.call(requestBody('C_GetTokenInfo', { kind: 'u', ulong: slot }))
    const flags = answerUlong(info, 'C_GetTokenInfo', 4) ?? 0n
    if ((flags & CKF_TOKEN_INITIALIZED) !== 0n) return slot
  }
  const [free] = slots
  if (free === undefined) throw new RemoteLost('the module offers no slot')
  return free
}
