/** A small authority and what it signs. Costs 80 ms to import; self-signed.ts and fingerprint.ts cost nothing. */
import 'reflect-metadata'
import { KeyObject, randomBytes, type webcrypto } from 'node:crypto'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralName,
  type JsonName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import type { Identity, Names } from './identity.ts'

const DAY = 24 * 60 * 60 * 1000
const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const
/** A clock that is a little slow must not refuse what was made a moment ago. */
const BACKDATED = 60 * 60 * 1000

/** An authority that signs leaves and no further authorities. */
export async function newAuthority(commonName: string, days = 3650): Promise<Identity> {
  const keys = await newKeys()
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...description(days),
    name: nameOf({ commonName }),
    keys,
    signingAlgorithm: SIGNATURE,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return identity(certificate, keys)
}

/** A server certificate of the authority. 825 days is the most that every client takes. */
export async function issueServer(authority: Identity, names: Names, days = 825): Promise<Identity> {
  const issuer = new X509Certificate(authority.certificate)
  const keys = await newKeys()
  const certificate = await X509CertificateGenerator.create({
    ...description(days),
    subject: nameOf(names),
    publicKey: keys.publicKey,
    issuer: issuer.subjectName.toJSON(),
    signingKey: await importKey(authority.key),
    signingAlgorithm: SIGNATURE,
    extensions: [
      ...endEntity([ExtendedKeyUsage.serverAuth], names),
      // Python 3.13 and newer refuse a leaf without it.
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return identity(certificate, keys)
}

/** As data, so that no character of a name has a meaning. */
function nameOf({ commonName }: Names): JsonName {
  return [{ CN: [commonName] }]
}

function description(days: number) {
  const now = Date.now()
  return {
    serialNumber: serialNumber(),
    notBefore: new Date(now - BACKDATED),
    notAfter: new Date(now + days * DAY),
  }
}

/** RFC 5280 4.1.2.2: positive, at most 20 octets; 16 random ones with the top bit clear. */
function serialNumber(): string {
  const bytes = randomBytes(16)
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 0x40, 0)
  return bytes.toString('hex')
}

function endEntity(usages: ExtendedKeyUsage[], names: Names): Extension[] {
  const alternatives: JsonGeneralName[] = [
    ...(names.dns ?? []).map(value => ({ type: 'dns' as const, value })),
    ...(names.ips ?? []).map(value => ({ type: 'ip' as const, value })),
  ]
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension(usages),
    ...(alternatives.length > 0 ? [new SubjectAlternativeNameExtension(alternatives)] : []),
  ]
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await crypto.subtle.generateKey(CURVE, true, ['sign', 'verify'])
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')
  return await crypto.subtle.importKey('pkcs8', der, CURVE, false, ['sign'])
}

function identity(certificate: X509Certificate, keys: webcrypto.CryptoKeyPair): Identity {
  const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' })
  return { certificate: `${certificate.toString('pem')}\n`, key: key.toString() }
}
