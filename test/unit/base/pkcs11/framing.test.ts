import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { EnvelopeDecoder, encodeEnvelope } from '../../../../src/base/pkcs11/envelope.ts'
import { encodeFrame, FrameDecoder, parseFrame } from '../../../../src/base/pkcs11/frame.ts'

const body = fc.uint8Array({ maxLength: 300 }).map(array => Buffer.from(array))
const code = fc.integer({ min: 1, max: 0xffff_ffff })

/** The same bytes, cut at arbitrary places. */
function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = []
  let at = 0
  for (const size of sizes) {
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return [...chunks, bytes.subarray(at)]
}

test('frames survive any cutting of the stream', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(code, body)), fc.array(fc.nat({ max: 50 })), (frames, sizes) => {
      const decoder = new FrameDecoder()
      const stream = Buffer.concat(frames.map(([code, body]) => encodeFrame(code, body)))
      const found = cut(stream, sizes).flatMap(chunk => {
        const result = decoder.push(chunk)
        assert.ok(result.ok)
        return result.value
      })
      assert.deepEqual(
        found,
        frames.map(([code, body]) => ({ code, body })),
      )
      assert.equal(decoder.held, 0)
    }),
  )
})

test('envelopes survive any cutting of the stream', () => {
  const envelope = fc.oneof(
    fc.tuple(fc.constantFrom('rpc' as const, 'repl' as const), body),
    fc.tuple(fc.constantFrom('ping' as const, 'pong' as const, 'busy' as const), fc.constant(Buffer.alloc(0))),
  )
  fc.assert(
    fc.property(fc.array(envelope), fc.array(fc.nat({ max: 50 })), (envelopes, sizes) => {
      const decoder = new EnvelopeDecoder()
      const stream = Buffer.concat(envelopes.map(([type, payload]) => encodeEnvelope(type, payload)))
      const found = cut(stream, sizes).flatMap(chunk => {
        const result = decoder.push(chunk)
        assert.ok(result.ok)
        return result.value
      })
      assert.deepEqual(
        found,
        envelopes.map(([type, payload]) => ({ type, payload })),
      )
    }),
  )
})

test('what is too large or meaningless is refused by its header alone', () => {
  const header = (...words: number[]) => {
    const bytes = Buffer.alloc(words.length * 4)
    words.forEach((word, at) => {
      bytes.writeUInt32BE(word, at * 4)
    })
    return bytes
  }
  const rows: [string, boolean][] = [
    ['a frame of code 0', new FrameDecoder().push(header(0, 0, 4)).ok],
    ['a body of 16 MiB and a byte', new FrameDecoder().push(header(16, 0, 16 * 1024 * 1024 + 1)).ok],
    ['options of 1 MiB', new FrameDecoder().push(header(16, 1024 * 1024, 0)).ok],
    ['an envelope of type 0', new EnvelopeDecoder().push(Buffer.of(0, 0, 0, 0, 0)).ok],
    ['an envelope of type 6', new EnvelopeDecoder().push(Buffer.of(6, 0, 0, 0, 0)).ok],
    ['a ping with a payload', new EnvelopeDecoder().push(Buffer.of(2, 0, 0, 0, 1)).ok],
    ['an rpc of 4 GiB', new EnvelopeDecoder().push(Buffer.of(1, 0xff, 0xff, 0xff, 0xff)).ok],
    [
      'two frames where one must be',
      parseFrame(Buffer.concat([encodeFrame(1, Buffer.of(1)), encodeFrame(2, Buffer.of(2))])).ok,
    ],
    ['half a frame', parseFrame(encodeFrame(1, Buffer.of(1, 2, 3)).subarray(0, 13)).ok],
  ]
  for (const [name, ok] of rows) assert.equal(ok, false, name)
})

test('options that a client sends are skipped', () => {
  const frame = Buffer.concat([Buffer.from('000000100000000600000002', 'hex'), Buffer.from('client'), Buffer.of(7, 8)])
  assert.deepEqual(parseFrame(frame), { ok: true, value: { code: 16, body: Buffer.of(7, 8) } })
})
