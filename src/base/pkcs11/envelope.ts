/**
 * Our own envelope inside TLS between client and appliance: u8 type, u32 length, payload. It exists so that a peer that
 * hangs can be told from one that works: a PING is answered at once, and a call that takes longer than two seconds is
 * accompanied by BUSY (pkcs11-rpc.md, sections 4 and 9).
 */
import { type Parsed, parsed, unparsed } from '../findings/parsed.ts'
import { ByteQueue } from './byte-queue.ts'
import { LARGEST_FRAME } from './frame.ts'

/** ALPN name of the envelope: another form of it would be another number. */
export const ENVELOPE_PROTOCOL = 'hsmnet-ntls/1'

/** How often each side says that it lives, in milliseconds (Luna: every 2 s), and how much silence is death. */
export const HEARTBEAT = 2000
export const SILENCE = 3 * HEARTBEAT

const TYPES = ['rpc', 'ping', 'pong', 'busy', 'repl'] as const
export type EnvelopeType = (typeof TYPES)[number]

export interface Envelope {
  readonly type: EnvelopeType
  readonly payload: Buffer
}

const HEADER = 5
/** A frame with its own header and options. */
const LARGEST_PAYLOAD = LARGEST_FRAME + 128 * 1024

export function encodeEnvelope(type: EnvelopeType, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER + payload.length)
  bytes.writeUInt8(TYPES.indexOf(type) + 1, 0)
  bytes.writeUInt32BE(payload.length, 1)
  bytes.set(payload, HEADER)
  return bytes
}

/** Cuts a byte stream into envelopes. After a failure the stream has no meaning any more. */
export class EnvelopeDecoder {
  readonly #queue = new ByteQueue()

  push(chunk: Buffer): Parsed<readonly Envelope[]> {
    this.#queue.push(chunk)
    const envelopes: Envelope[] = []
    while (this.#queue.length >= HEADER) {
      const header = this.#queue.peek(HEADER)
      const type = TYPES[header.readUInt8(0) - 1]
      const length = header.readUInt32BE(1)
      if (type === undefined) return unparsed(`an envelope of type ${header.readUInt8(0)}`)
      if (length > (type === 'rpc' || type === 'repl' ? LARGEST_PAYLOAD : 0)) {
        return unparsed(`a ${type} of ${length} bytes`)
      }
      if (this.#queue.length < HEADER + length) break
      envelopes.push({ type, payload: this.#queue.take(HEADER + length).subarray(HEADER) })
    }
    return parsed(envelopes)
  }
}
