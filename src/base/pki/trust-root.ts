/** The trust root of the control plane's API: an authority of this instance and its server's certificate. */
import { X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { writeFileAtomicSync } from '../process/atomic-file.ts'
import type { Identity } from './identity.ts'

export interface TrustRoot {
  /** PEM file for clients: NODE_EXTRA_CA_CERTS, REQUESTS_CA_BUNDLE, SSL_CERT_FILE. */
  readonly caFile: string
  readonly server: Identity
}

const DAY = 24 * 60 * 60 * 1000
/** Renewed at a start when less than this is left: an instance that runs for good restarts more often than monthly. */
const LEAF_LEFT = 30 * DAY
const AUTHORITY_LEFT = 365 * DAY
const LOOPBACK = { dns: ['localhost'], ips: ['127.0.0.1'] }

/**
 * Opens the root in `directory`, making or renewing what is missing, near its end or not of this authority. Private
 * keys are 0600. `more` adds names the server answers to.
 */
export async function openTrustRoot(
  directory: string,
  more: { readonly dns?: readonly string[]; readonly ips?: readonly string[] } = {},
): Promise<TrustRoot> {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const caFile = path.join(directory, 'ca.pem')
  const dns = [...new Set([...LOOPBACK.dns, ...(more.dns ?? [])])]
  const ips = [...new Set([...LOOPBACK.ips, ...(more.ips ?? [])])]

  const kept = load(directory, 'ca')
  const stored = load(directory, 'server')
  if (kept && stored && lasts(kept, AUTHORITY_LEFT) && serves(stored, kept, dns, ips)) {
    return { caFile, server: stored }
  }
  // Imported only here, for what it costs at a start.
  const { issueServer, newAuthority } = await import('./authority.ts')
  const authority = kept && lasts(kept, AUTHORITY_LEFT) ? kept : await newAuthority('hsmnet API')
  if (authority !== kept) store(directory, 'ca', authority)
  const server = await issueServer(authority, { commonName: 'hsmnet', dns, ips })
  store(directory, 'server', server)
  return { caFile, server }
}

function lasts({ certificate }: Identity, milliseconds: number): boolean {
  return new X509Certificate(certificate).validToDate.getTime() - Date.now() > milliseconds
}

function serves(server: Identity, authority: Identity, dns: readonly string[], ips: readonly string[]): boolean {
  const certificate = new X509Certificate(server.certificate)
  return (
    lasts(server, LEAF_LEFT) &&
    certificate.verify(new X509Certificate(authority.certificate).publicKey) &&
    dns.every(name => certificate.checkHost(name) !== undefined) &&
    ips.every(ip => certificate.checkIP(ip) !== undefined)
  )
}

function load(directory: string, name: string): Identity | null {
  const certificate = path.join(directory, `${name}.pem`)
  const key = path.join(directory, `${name}.key`)
  if (!existsSync(certificate) || !existsSync(key)) return null
  return { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') }
}

/** The key first: a certificate on disk always has its key. */
function store(directory: string, name: string, { certificate, key }: Identity): void {
  writeFileAtomicSync(path.join(directory, `${name}.key`), key)
  writeFileAtomicSync(path.join(directory, `${name}.pem`), certificate)
}
