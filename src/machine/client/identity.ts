/** The client's key and self-signed certificate, made at its first start: what a device registers it by. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Identity } from '../../base/pki/identity.ts'
import { selfSigned } from '../../base/pki/self-signed.ts'
import { writeFileAtomicSync } from '../../base/process/atomic-file.ts'

export function openIdentity(directory: string, hostname: string): Identity {
  const certificate = path.join(directory, 'client.pem')
  const key = path.join(directory, 'client.key')
  if (!existsSync(certificate)) {
    const made = selfSigned({ commonName: hostname, dns: [hostname] })
    writeFileAtomicSync(key, made.key)
    writeFileAtomicSync(certificate, made.certificate)
  }
  return { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') }
}
