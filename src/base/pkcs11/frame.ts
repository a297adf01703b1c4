/** Frames of the p11-kit RPC stream: u32 code, u32 length of options, u32 length of body, options, body. */
import { type Parsed, parsed, unparsed } from '../findings/parsed.ts'
import { ByteQueue } from './byte-queue.ts'

const HEADER = 12
/** The protocol has no cap and a server allocates what it is told to expect, so we set one. */
export const LARGEST_FRAME = 16 * 1024 * 1024
/** The module's name is all that clients put there. */
const LARGEST_OPTIONS = 64 * 1024

export interface Frame {
  /** Chosen by the asking side and repeated in the answer; never 0. */
  readonly code: number
  readonly body: Buffer
}

/** One whole frame, to be written in one piece: small writes cost more than the call (pkcs11-rpc.md, section 2). */
export function encodeFrame(code: number, body: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(HEADER + body.length)
  frame.writeUInt32BE(code, 0)
  frame.writeUInt32BE(0, 4)
  frame.writeUInt32BE(body.length, 8)
  frame.set(body, HEADER)
  return frame
}

/** A frame that must fill `bytes` exactly. */
export function parseFrame(bytes: Buffer): Parsed<Frame> {
  const decoder = new FrameDecoder()
  const frames = decoder.push(bytes)
  if (!frames.ok) return frames
  const [frame] = frames.value
  return frame && frames.value.length === 1 && decoder.held === 0 ? parsed(frame) : unparsed('not exactly one frame')
}

/** Cuts a byte stream into frames. After a failure the stream has no meaning any more. */
export class FrameDecoder {
  readonly #queue = new ByteQueue()

  /** Bytes of a frame that is not whole yet. */
  get held(): number {
    return this.#queue.length
  }

  push(chunk: Buffer): Parsed<readonly Frame[]> {
    this.#queue.push(chunk)
    const frames: Frame[] = []
    while (this.#queue.length >= HEADER) {
      const header = this.#queue.peek(HEADER)
      const code = header.readUInt32BE(0)
      const options = header.readUInt32BE(4)
      const length = header.readUInt32BE(8)
      if (code === 0) return unparsed('a frame of code 0')
      if (options > LARGEST_OPTIONS || length > LARGEST_FRAME) return unparsed(`a frame of ${options + length} bytes`)
      const whole = HEADER + options + length
      if (this.#queue.length < whole) break
      frames.push({ code, body: this.#queue.take(whole).subarray(HEADER + options) })
    }
    return parsed(frames)
  }
}
