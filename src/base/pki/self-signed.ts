/**
 * Self-signed certificates, trusted by being pinned: the identities of appliances and clients.
 *
 * Written out in DER although authority.ts has a library: that costs 100 ms and 10 MB in every process that makes one
 * (measured, two starting at once: 350 ms against 210), and a certificate with one fixed shape is a page of DER.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { isIPv4 } from 'node:net'
import type { Identity, Names } from './identity.ts'

const DAY = 24 * 60 * 60 * 1000
/** A clock that is a little slow must not refuse what was made a moment ago. */
const BACKDATED = 60 * 60 * 1000

const TAG = {
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const
/** DER of the object identifiers used, after tag and length. */
const OID = {
  ecdsaWithSha256: '2a8648ce3d040302',
  commonName: '550403',
  keyUsage: '551d0f',
  alternativeName: '551d11',
  basicConstraints: '551d13',
  extendedKeyUsage: '551d25',
  serverAuth: '2b06010505070301',
  clientAuth: '2b06010505070302',
} as const

/** An ECDSA P-256 certificate that vouches for itself (RFC 5280), for server and client use, valid ten years. */
export function selfSigned(names: Names, days = 3650): Identity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = sequence(der(TAG.set, sequence(oid(OID.commonName), der(TAG.utf8, Buffer.from(names.commonName)))))
  const algorithm = sequence(oid(OID.ecdsaWithSha256))
  const now = Date.now()
  const signed = sequence(
    explicit(0, der(TAG.integer, Buffer.of(2))),
    der(TAG.integer, serialNumber()),
    algorithm,
    name,
    sequence(time(now - BACKDATED), time(now + days * DAY)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions(names))),
  )
  const signature = sign('sha256', signed, privateKey)
  const certificate = sequence(signed, algorithm, der(TAG.bits, Buffer.of(0), signature))
  return {
    certificate: pem(certificate),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

function extensions({ dns = [], ips = [] }: Names): Buffer[] {
  const critical = Buffer.of(0x01, 0x01, 0xff)
  const alternatives = [
    ...dns.map(name => der(0x82, Buffer.from(name, 'latin1'))),
    ...ips.filter(isIPv4).map(ip => der(0x87, Buffer.from(ip.split('.').map(Number)))),
  ]
  const extension = (id: string, ...content: Buffer[]) => sequence(oid(id), ...content)
  return [
    extension(OID.basicConstraints, critical, der(TAG.octets, sequence())),
    // Bit 0, digitalSignature.
    extension(OID.keyUsage, critical, der(TAG.octets, der(TAG.bits, Buffer.of(7, 0x80)))),
    extension(OID.extendedKeyUsage, der(TAG.octets, sequence(oid(OID.serverAuth), oid(OID.clientAuth)))),
    ...(alternatives.length > 0 ? [extension(OID.alternativeName, der(TAG.octets, sequence(...alternatives)))] : []),
  ]
}

/** RFC 5280 4.1.2.2: positive and at most 20 octets. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16)
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 0x40, 0)
  return bytes
}

/** GeneralizedTime has one form for every year; RFC 5280 wants UTCTime (two digits) before 2050. */
function time(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replace(/[-:T]|\.\d+/g, '')
  return Number(digits.slice(0, 4)) < 2050
    ? der(0x17, Buffer.from(digits.slice(2)))
    : der(TAG.time, Buffer.from(digits))
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(TAG.sequence, ...parts)
}

function explicit(number: number, content: Buffer): Buffer {
  return der(0xa0 + number, content)
}

function oid(hex: string): Buffer {
  return der(TAG.oid, Buffer.from(hex, 'hex'))
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.of(tag), lengthOf(content.length), content])
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length)
  return length < 0x100 ? Buffer.of(0x81, length) : Buffer.of(0x82, length >> 8, length & 0xff)
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}
