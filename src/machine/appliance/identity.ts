/** The device's own keys, made at its first start: what it shows on 1792 and on 22. They outlive every zeroize. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import ssh2 from 'ssh2'
import { selfSigned } from '../../base/pki/self-signed.ts'
import { writeFileAtomicSync } from '../../base/process/atomic-file.ts'

export interface ApplianceIdentity {
  /** `server.pem`: self-signed, named by the device's address; clients pin it. */
  readonly certificate: string
  readonly key: string
  readonly hostKey: string
}

export function openIdentity(directory: string, address: string): ApplianceIdentity {
  const at = (name: string) => path.join(directory, name)
  if (!existsSync(at('server.pem'))) {
    const made = selfSigned({ commonName: address, ips: [address] })
    writeFileAtomicSync(at('server.key'), made.key)
    writeFileAtomicSync(at('server.pem'), made.certificate)
  }
  if (!existsSync(at('ssh_host_key'))) {
    writeFileAtomicSync(at('ssh_host_key'), ssh2.utils.generateKeyPairSync('ed25519').private)
  }
  const read = (name: string) => readFileSync(at(name), 'utf8')
  return { certificate: read('server.pem'), key: read('server.key'), hostKey: read('ssh_host_key') }
}
