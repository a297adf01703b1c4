import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { allCalls, callByName } from '../../../../src/base/pkcs11/calls.ts'
import { CKR, ckrName } from '../../../../src/base/pkcs11/constants.ts'
import type { Dialect, MechanismParameter } from '../../../../src/base/pkcs11/mechanism.ts'
import {
  encodeRequest,
  errorBody,
  parseRequest,
  parseResponse,
  requestBody,
  responseBody,
  resultOf,
} from '../../../../src/base/pkcs11/message.ts'
import { roomFor } from '../../../../src/base/pkcs11/value.ts'
import { request, values } from './arbitraries.ts'

const DIALECTS: readonly Dialect[] = [0, 1, 2]

for (const dialect of DIALECTS) {
  test(`dialect ${dialect}: what is written is read back, byte for byte`, () => {
    fc.assert(
      fc.property(request(dialect), written => {
        const body = encodeRequest(written, dialect)
        assert.ok(body)
        const read = parseRequest(body, dialect)
        assert.ok(read.ok && read.value.known, read.ok ? '' : read.reason)
        assert.deepEqual(read.value.request, written)
        assert.deepEqual(encodeRequest(read.value.request, dialect), body)
      }),
      { numRuns: 500 },
    )
  })

  test(`dialect ${dialect}: a request that is cut or too long is refused, never misread`, () => {
    fc.assert(
      fc.property(request(dialect), fc.nat(), (written, at) => {
        const body = encodeRequest(written, dialect) ?? Buffer.alloc(0)
        assert.equal(parseRequest(body.subarray(0, at % body.length), dialect).ok, false)
        assert.equal(parseRequest(Buffer.concat([body, Buffer.of(0)]), dialect).ok, false)
      }),
    )
  })

  test(`dialect ${dialect}: any bytes give a result and never an exception`, () => {
    fc.assert(
      fc.property(request(dialect), fc.nat(), fc.nat({ max: 255 }), (written, at, byte) => {
        const body = Buffer.from(encodeRequest(written, dialect) ?? [])
        body.writeUInt8(byte, at % body.length)
        const read = parseRequest(body, dialect)
        if (read.ok && read.value.known) encodeRequest(read.value.request, 0)
      }),
      { numRuns: 1000 },
    )
  })
}

test('from dialect 1 to 2 and back nothing is lost', () => {
  fc.assert(
    fc.property(request(1), written => {
      const body = encodeRequest(written, 2)
      const read = body && parseRequest(body, 2)
      assert.ok(read?.ok && read.value.known)
      assert.deepEqual(read.value.request, written)
    }),
  )
})

test('responses are read back, and an error is one CKR', () => {
  for (const { name, response } of allCalls()) {
    fc.assert(
      fc.property(values(response, 0), written => {
        const body = responseBody(name, ...written)
        const read = parseResponse(body, name)
        assert.ok(read.ok, name)
        assert.deepEqual(read.value, { rv: CKR.OK, values: written })
      }),
      { numRuns: 20 },
    )
    const read = parseResponse(errorBody(CKR.PIN_INCORRECT), name)
    assert.deepEqual(read, { ok: true, value: { rv: CKR.PIN_INCORRECT, values: null } })
  }
})

test('the result of an answer is known without its values', () => {
  const ulong = (value: bigint) => ({ kind: 'u', ulong: value }) as const
  const attributes = { kind: 'aA', attributes: [] } as const
  const rows: [string, Buffer, Parameters<typeof resultOf>[1], string][] = [
    ['an error', errorBody(CKR.DEVICE_ERROR), 'C_Sign', 'CKR_DEVICE_ERROR'],
    ['a value', responseBody('C_OpenSession', ulong(7n)), 'C_OpenSession', 'CKR_OK'],
    [
      'attributes, all there',
      responseBody('C_GetAttributeValue', attributes, ulong(0n)),
      'C_GetAttributeValue',
      'CKR_OK',
    ],
    [
      'attributes, one sensitive',
      responseBody('C_GetAttributeValue', attributes, ulong(0x11n)),
      'C_GetAttributeValue',
      'CKR_ATTRIBUTE_SENSITIVE',
    ],
    ['nothing at all', Buffer.alloc(0), 'C_Sign', 'CKR_GENERAL_ERROR'],
  ]
  for (const [name, body, call, rv] of rows) assert.equal(ckrName(resultOf(body, call)), rv, name)
})

test('what each dialect makes of a mechanism', () => {
  const session = { kind: 'u', ulong: 1n } as const
  const pss = { shape: 'pss', hash: 0x250n, mgf: 2n, saltLength: 32n } as const
  const gcm = { shape: 'gcm', iv: Buffer.alloc(12), ivBits: 96n, additional: null, tagBits: 128n } as const
  /** The bytes of the mechanism alone: without call id, signature, session and key. */
  const hexOf = (dialect: Dialect, type: number, parameter: MechanismParameter | null) => {
    const mechanism = { kind: 'M', mechanism: { type, parameter } } as const
    const body = encodeRequest({ call: callByName('C_SignInit'), values: [session, mechanism, session] }, dialect)
    return body?.subarray(4 + 4 + 3 + 8, -8).toString('hex') ?? null
  }
  const ulong = (value: number) => value.toString(16).padStart(16, '0')
  const structure = '5002000000000000' + '0200000000000000' + '2000000000000000'
  const rows: [string, string | null, string | null][] = [
    ['RSA-PKCS in 0: NULL', hexOf(0, 0x1, null), '00000001ffffffff'],
    ['RSA-PKCS in 2: nothing', hexOf(2, 0x1, null), '00000001'],
    ['PSS in 0: structured', hexOf(0, 0xd, pss), `0000000d${ulong(0x250)}${ulong(2)}${ulong(32)}`],
    ['PSS in 2: a flag before', hexOf(2, 0xd, pss), `0000000d01${ulong(0x250)}${ulong(2)}${ulong(32)}`],
    ['SHA256-RSA-PSS in 0: the C structure', hexOf(0, 0x43, pss), `0000004300000018${structure}`],
    ['GCM in 0: holds pointers', hexOf(0, 0x1087, gcm), null],
  ]
  for (const [name, found, wanted] of rows) assert.equal(found, wanted, name)
})

test('a call of a later protocol is told from garbage', () => {
  const body = requestBody('C_Finalize')
  body.writeUInt32BE(88, 0)
  assert.deepEqual(parseRequest(body, 1), { ok: true, value: { known: false, id: 88 } })
})

test('the room that a caller asks for is known before anything is allocated', () => {
  const huge = {
    kind: 'fA',
    wanted: [
      { type: 3, size: 0xffff_0000 },
      { type: 3, size: 0xffff_0000 },
    ],
  } as const
  assert.equal(roomFor([huge, { kind: 'fy', size: 8 }, { kind: 'fu', count: 2 }]), 2 * 0xffff_0000 + 8 + 16)
})
