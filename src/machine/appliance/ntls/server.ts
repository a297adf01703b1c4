/**
 * The NTLS port: TLS 1.3, both sides show a certificate, ours is pinned by the clients and theirs by us (azure-facts
 * H7.1; Luna's own protocol is not public, so this one is ours: pkcs11-rpc.md, section 7).
 */
import { X509Certificate } from 'node:crypto'
import { createServer, type Server, type TLSSocket } from 'node:tls'
import { ENVELOPE_PROTOCOL } from '../../../base/pkcs11/envelope.ts'
import { fingerprintOf } from '../../../base/pki/fingerprint.ts'
import type { Connections, Device } from '../device.ts'
import type { RemoteProgram } from '../token/remote.ts'
import { admit } from './admission.ts'
import { NtlsConnection } from './connection.ts'
import { PartitionSession } from './partition-session.ts'

/** azure-facts H7.6; each costs a process of 1.2 MB (pkcs11-rpc.md, section 2). */
const MOST_CONNECTIONS = 800
const HANDSHAKE_WITHIN = 10_000
/** H7.8: a client that is gone without a word is noticed after 10 s and ten probes of one second. */
const KEEPALIVE_AFTER = 10_000

export interface NtlsOptions {
  readonly certificate: string
  readonly key: string
  readonly address: string
  readonly port: number
  readonly program: Omit<RemoteProgram, 'configuration'>
}

export class NtlsServer implements Connections {
  readonly #device: Device
  readonly #options: NtlsOptions
  readonly #server: Server
  readonly #connections = new Set<NtlsConnection>()
  #nextNumber = 1

  constructor(device: Device, options: NtlsOptions) {
    this.#device = device
    this.#options = options
    this.#server = createServer(
      {
        cert: options.certificate,
        key: options.key,
        minVersion: 'TLSv1.3',
        ALPNProtocols: [ENVELOPE_PROTOCOL],
        requestCert: true,
        // No authority vouches for a client: the certificate itself is looked up, once TLS has proven it.
        rejectUnauthorized: false,
        handshakeTimeout: HANDSHAKE_WITHIN,
      },
      socket => this.#accept(socket),
    )
    this.#server.maxConnections = MOST_CONNECTIONS
    this.#server.on('tlsClientError', (_error, socket) => socket.destroy())
  }

  get listening(): boolean {
    return this.#server.listening
  }

  async listen(): Promise<void> {
    if (this.#server.listening) return
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.#options.port, this.#options.address, () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
  }

  /** Takes no more connections and ends those there are, with their processes. */
  async close(): Promise<void> {
    this.#server.close()
    await this.#closeWhere(() => true, 'the device stops')
  }

  async closePartition(number: number, except?: number): Promise<void> {
    await this.#closeWhere(
      ({ names }) => names.partition === number && names.number !== except,
      'its partition was taken away or made anew',
    )
  }

  async closeClient(name: string): Promise<void> {
    await this.#closeWhere(({ names }) => names.client === name, 'the client was changed')
  }

  async #closeWhere(matches: (connection: NtlsConnection) => boolean, why: string): Promise<void> {
    await Promise.all([...this.#connections].filter(matches).map(connection => connection.close(why)))
  }

  #accept(socket: TLSSocket): void {
    const from = socket.remoteAddress ?? 'unknown'
    const admission = admit(this.#device.record, fingerprintOfPeer(socket), from)
    if (!admission.admitted || socket.alpnProtocol !== ENVELOPE_PROTOCOL) {
      const why = admission.admitted ? 'it does not speak our protocol' : admission.reason
      this.#device.audit.record({ event: 'refused', from, client: admission.client, why })
      socket.on('error', () => {})
      socket.destroy()
      return
    }
    socket.setNoDelay(true)
    socket.setKeepAlive(true, KEEPALIVE_AFTER)
    this.#serve(socket, admission.client, admission.partition)
  }

  #serve(socket: TLSSocket, client: string, partition: number): void {
    const number = this.#nextNumber++
    const session = new PartitionSession(this.#device.token(partition), this.#options.program, {
      onInitialised: () => void this.closePartition(partition, number),
      onOfficerExhausted: () => this.#device.zeroizePartition(partition),
    })
    const connection = new NtlsConnection(socket, session, { number, client, partition }, this.#device.audit)
    this.#connections.add(connection)
    void connection.ended.then(() => this.#connections.delete(connection))
  }
}

/** Of the certificate whose key the peer has proven to hold; null where it showed none. */
function fingerprintOfPeer(socket: TLSSocket): string | null {
  const certificate = socket.getPeerX509Certificate()
  return certificate instanceof X509Certificate ? fingerprintOf(certificate) : null
}
