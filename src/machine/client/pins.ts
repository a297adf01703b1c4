/**
 * Which certificate each HSM must show: pinned by the person who registers this host with it, one file an HSM. Trust is
 * the whole certificate, never an authority or an address (design, decision 9).
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { type Parsed, parsed } from '../../base/findings/parsed.ts'
import { fingerprintOf, parseCertificate } from '../../base/pki/fingerprint.ts'
import { syncDirectory, writeFileAtomicSync } from '../../base/process/atomic-file.ts'
import { hashName } from '../../base/process/state.ts'

export class Pins {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
    mkdirSync(directory, { recursive: true, mode: 0o700 })
  }

  /** The fingerprint that the HSM's certificate must have; null for one that nobody trusted. */
  fingerprint(hsm: string): string | null {
    try {
      const certificate = parseCertificate(readFileSync(this.#file(hsm), 'utf8'))
      return certificate.ok ? fingerprintOf(certificate.value) : null
    } catch {
      return null
    }
  }

  /** Durable when it returns. */
  trust(hsm: string, pem: string): Parsed<null> {
    const certificate = parseCertificate(pem)
    if (!certificate.ok) return certificate
    writeFileAtomicSync(this.#file(hsm), pem)
    return parsed(null)
  }

  untrust(hsm: string): void {
    rmSync(this.#file(hsm), { force: true })
    syncDirectory(this.#directory)
  }

  #file(hsm: string): string {
    return path.join(this.#directory, `${hashName(hsm)}.pem`)
  }
}
