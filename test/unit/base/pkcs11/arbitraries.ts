/** Arbitrary values of the wire form, for property tests. */
import fc from 'fast-check'
import type { Attribute, AttributeRequest } from '../../../../src/base/pkcs11/attribute.ts'
import { allCalls, type Call } from '../../../../src/base/pkcs11/calls.ts'
import type { Dialect, Mechanism, MechanismParameter } from '../../../../src/base/pkcs11/mechanism.ts'
import type { Request } from '../../../../src/base/pkcs11/message.ts'
import { kindsOf, type Value } from '../../../../src/base/pkcs11/value.ts'

/** With the prototype that literals have: deepEqual looks at it. */
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(model, { noNullPrototype: true }) as fc.Arbitrary<T>

const byte = fc.integer({ min: 0, max: 255 })
const u32 = fc.integer({ min: 0, max: 0xffff_fffe })
const ulong = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const bytes = fc.uint8Array({ maxLength: 40 }).map(array => Buffer.from(array))
const maybeBytes = fc.option(bytes, { nil: null })

const parameters: Record<MechanismParameter['shape'], fc.Arbitrary<MechanismParameter>> = {
  bytes: record({ shape: fc.constant('bytes'), bytes }),
  ulong: record({ shape: fc.constant('ulong'), value: ulong }),
  pss: record({ shape: fc.constant('pss'), hash: ulong, mgf: ulong, saltLength: ulong }),
  oaep: record({ shape: fc.constant('oaep'), hash: ulong, mgf: ulong, source: ulong, sourceData: maybeBytes }),
  ecdh: record({ shape: fc.constant('ecdh'), kdf: ulong, shared: maybeBytes, publicData: maybeBytes }),
  ctr: record({ shape: fc.constant('ctr'), counterBits: ulong, block: maybeBytes }),
  gcm: record({ shape: fc.constant('gcm'), iv: maybeBytes, ivBits: ulong, additional: maybeBytes, tagBits: ulong }),
}

/** Mechanisms whose parameter every dialect from 1 on carries as a structure. */
const structured: [number, MechanismParameter['shape']][] = [
  [0xd, 'pss'],
  [0x43, 'pss'],
  [0x9, 'oaep'],
  [0x1050, 'ecdh'],
  [0x1086, 'ctr'],
  [0x1087, 'gcm'],
  [0x252, 'ulong'],
  [0x1085, 'bytes'],
]

const plain = fc.constantFrom(0x1, 0x40, 0x1041, 0x250).map((type): Mechanism => ({ type, parameter: null }))

export function mechanism(dialect: Dialect): fc.Arbitrary<Mechanism | null> {
  const withParameter = fc
    .constantFrom(...structured)
    .filter(([type]) => dialect > 0 || type === 0xd || type === 0x9 || type === 0x1085)
    .chain(([type, shape]) => parameters[shape].map((parameter): Mechanism => ({ type, parameter })))
  return dialect === 0 ? fc.oneof(plain, withParameter) : fc.oneof(plain, withParameter, fc.constant(null))
}

const content = (data: fc.Arbitrary<NonNullable<Attribute['content']>['data']>) =>
  fc.option(record({ length: u32, data }), { nil: null })

export const attribute: fc.Arbitrary<Attribute> = fc.oneof(
  record({ type: fc.constantFrom(0x1, 0x108), content: content(byte.map(value => ({ class: 'byte', value }))) }),
  record({ type: fc.constantFrom(0x0, 0x100), content: content(ulong.map(value => ({ class: 'ulong', value }))) }),
  record({
    type: fc.constantFrom(0x3, 0x102, 0x110, 0x80001234),
    content: content(maybeBytes.map(value => ({ class: 'bytes', value }))),
  }),
  record({
    type: fc.constant(0x40000600),
    content: content(fc.array(ulong, { maxLength: 4 }).map(value => ({ class: 'mechanisms', value }))),
  }),
)

const template: fc.Arbitrary<Attribute> = record({
  type: fc.constant(0x40000211),
  content: content(fc.array(attribute, { maxLength: 3 }).map(value => ({ class: 'template', value }))),
})

const wanted: fc.Arbitrary<AttributeRequest> = record({ type: fc.constantFrom(0x0, 0x3, 0x102), size: u32 })

function value(kind: Value['kind'], dialect: Dialect): fc.Arbitrary<Value> {
  switch (kind) {
    case 'y':
      return byte.map(byte => ({ kind, byte }))
    case 'u':
      return ulong.map(ulong => ({ kind, ulong }))
    case 'v':
      return record({ kind: fc.constant(kind), major: byte, minor: byte })
    case 's':
      return bytes.map(text => ({ kind, text }))
    case 'z':
      return maybeBytes.map(text => ({ kind, text }))
    case 'ay':
      return fc.oneof(
        bytes.map((bytes): Value => ({ kind, bytes, length: bytes.length })),
        u32.map((length): Value => ({ kind, bytes: null, length })),
      )
    case 'fy':
      return u32.map(size => ({ kind, size }))
    case 'au':
      return fc.oneof(
        fc.array(ulong, { maxLength: 5 }).map((ulongs): Value => ({ kind, ulongs, count: ulongs.length })),
        u32.map((count): Value => ({ kind, ulongs: null, count })),
      )
    case 'fu':
      return u32.map(count => ({ kind, count }))
    case 'fA':
      return fc.array(wanted, { maxLength: 5 }).map(wanted => ({ kind, wanted }))
    case 'aA':
      return fc
        .array(dialect === 0 ? attribute : fc.oneof(attribute, template), { maxLength: 5 })
        .map(attributes => ({ kind, attributes }))
    case 'M':
      return mechanism(dialect).map(mechanism => ({ kind, mechanism }))
  }
}

export function values(signature: string, dialect: Dialect): fc.Arbitrary<readonly Value[]> {
  return fc.tuple(...kindsOf(signature).map(kind => value(kind, dialect)))
}

export function request(dialect: Dialect): fc.Arbitrary<Request> {
  return fc
    .constantFrom<Call[]>(...allCalls())
    .chain(call => values(call.request, dialect).map(values => ({ call, values })))
}
