/** Bodies of frames: a call id, the signature in words, and the values (pkcs11-rpc.md, section 3). */
import { type Parsed, parsed, unparsed } from '../findings/parsed.ts'
import { type Call, type CallName, callById, callByName } from './calls.ts'
import { CKR } from './constants.ts'
import type { Dialect } from './mechanism.ts'
import { kindsOf, readValue, type Value, writeValue } from './value.ts'
import { WireReader, WireWriter } from './wire.ts'

export interface Request {
  readonly call: Call
  readonly values: readonly Value[]
}

/** A well-formed request, or one for a call of a later protocol. */
export type Incoming =
  | { readonly known: true; readonly request: Request }
  | { readonly known: false; readonly id: number }

/** The id of an answer that is an error: its one value is the CKR. */
const ERROR = 0

/** Reads a request to its last byte. Not ok: the peer does not speak the protocol, and the stream is not to be trusted. */
export function parseRequest(body: Buffer, dialect: Dialect): Parsed<Incoming> {
  const reader = new WireReader(body)
  const id = reader.u32()
  if (reader.failure !== null) return unparsed(reader.failure)
  const call = callById(id)
  if (!call) return parsed({ known: false, id })
  const values = readValues(reader, call.request, dialect)
  return reader.failure === null
    ? parsed({ known: true, request: { call, values } })
    : unparsed(`${call.name}: ${reader.failure}`)
}

/** Null where the dialect cannot carry it: a mechanism whose parameter holds pointers, a template in a template. */
export function encodeRequest({ call, values }: Request, dialect: Dialect): Buffer | null {
  return encode(call.id, call.request, values, dialect)
}

/** A request of our own, whose values every dialect can carry. */
export function requestBody(name: CallName, ...values: readonly Value[]): Buffer {
  const call = callByName(name)
  const body = encode(call.id, call.request, values, 0)
  if (body === null) throw new Error(`${name} cannot be encoded`)
  return body
}

export function responseBody(name: CallName, ...values: readonly Value[]): Buffer {
  const call = callByName(name)
  const body = encode(call.id, call.response, values, 0)
  if (body === null) throw new Error(`the response of ${name} cannot be encoded`)
  return body
}

/** The answer that is only a CKR, and not CKR_OK. */
export function errorBody(rv: bigint): Buffer {
  return new WireWriter().u32(ERROR).byteArray(Buffer.from('u')).u64(rv).finish()
}

/** The values of an answer to `name`, or the CKR that it is. */
export type Response =
  | { readonly rv: typeof CKR.OK; readonly values: readonly Value[] }
  | { readonly rv: bigint; readonly values: null }

export function parseResponse(body: Buffer, name: CallName): Parsed<Response> {
  const rv = resultOf(body, name)
  const reader = new WireReader(body)
  const id = reader.u32()
  if (id === ERROR) return rv === CKR.OK ? unparsed('an error that is CKR_OK') : parsed({ rv, values: null })
  const call = callByName(name)
  if (id !== call.id) return unparsed(`an answer to call ${id} where ${name} was asked`)
  const values = readValues(reader, call.response, 0)
  return reader.failure === null ? parsed({ rv: CKR.OK, values }) : unparsed(`answer to ${name}: ${reader.failure}`)
}

/** The CKR of an answer, without reading its values. C_GetAttributeValue carries its own at the end. */
export function resultOf(body: Buffer, name: CallName): bigint {
  const trailing = body.length >= 12 ? body.readBigUInt64BE(body.length - 8) : CKR.GENERAL_ERROR
  if (body.length >= 4 && body.readUInt32BE(0) !== ERROR) return name === 'C_GetAttributeValue' ? trailing : CKR.OK
  return trailing
}

/** The CK_ULONG at a place of the values; what a signature promises there is a ulong. */
export function ulongAt(values: readonly Value[], at: number): bigint {
  const value = values[at]
  if (value?.kind !== 'u') throw new Error(`value ${at} is not a CK_ULONG`)
  return value.ulong
}

/** The bytes at a place of the values; null where the caller passed NULL. */
export function bytesAt(values: readonly Value[], at: number): Buffer | null {
  const value = values[at]
  if (value?.kind !== 'ay') throw new Error(`value ${at} is not a byte array`)
  return value.bytes
}

/** The same values with another CK_ULONG at one place: how handles and slots are rewritten. */
export function withUlong(values: readonly Value[], at: number, ulong: bigint): readonly Value[] {
  return values.with(at, { kind: 'u', ulong })
}

function readValues(reader: WireReader, signature: string, dialect: Dialect): readonly Value[] {
  const found = reader.byteArray()
  if (found?.toString('latin1') !== signature) reader.fail(`signature "${signature}" expected`)
  const values: Value[] = []
  for (const kind of kindsOf(signature)) {
    if (reader.failure !== null) break
    values.push(readValue(reader, kind, dialect))
  }
  reader.end()
  return values
}

function encode(id: number, signature: string, values: readonly Value[], dialect: Dialect): Buffer | null {
  const writer = new WireWriter().u32(id).byteArray(Buffer.from(signature, 'latin1'))
  for (const value of values) if (!writeValue(writer, value, dialect)) return null
  return writer.finish()
}
