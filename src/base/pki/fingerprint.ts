/** Reads and compares certificates. Pinned trust is equality of the whole certificate, by the hash of its DER. */
import { createHash, X509Certificate } from 'node:crypto'
import { type Parsed, parsed, unparsed } from '../findings/parsed.ts'

/** SHA-256 of the DER, 64 hex digits. */
export function fingerprintOf(certificate: X509Certificate): string {
  return createHash('sha256').update(certificate.raw).digest('hex')
}

/** Exactly one certificate in PEM; a private key beside it is refused, so that one never travels by mistake. */
export function parseCertificate(pem: string): Parsed<X509Certificate> {
  if (/PRIVATE KEY/.test(pem)) return unparsed('it holds a private key; only the certificate is to be sent')
  if ((pem.match(/-----BEGIN CERTIFICATE-----/g) ?? []).length !== 1) return unparsed('it is not one PEM certificate')
  try {
    return parsed(new X509Certificate(pem))
  } catch {
    return unparsed('it is not a certificate that can be read')
  }
}
