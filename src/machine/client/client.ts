/** The client of one host: its groups, its identity, whom it trusts, and the applications that use it. */
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import path from 'node:path'
import { type Parsed, parsed, unparsed } from '../../base/findings/parsed.ts'
import type { Identity } from '../../base/pki/identity.ts'
import { parseJson } from '../../base/shape/shape.ts'
import { Application } from './application.ts'
import { type ClientConfig, type ClientMember, clientConfigShape } from './config.ts'
import { openIdentity } from './identity.ts'
import { type PartitionSecrets, setUpPartition } from './partition-setup.ts'
import { Pins } from './pins.ts'
import { Upstream, UpstreamLost } from './upstream.ts'

export interface ClientState {
  readonly running: true
  readonly hostname: string
  readonly applications: number
  readonly slots: readonly {
    readonly group: string
    readonly label: string
    readonly serial: string
    readonly members: readonly { readonly hsm: string; readonly trusted: boolean }[]
  }[]
}

export class Client {
  readonly identity: Identity
  readonly #directory: string
  readonly #pins: Pins
  readonly #applications = new Set<Application>()
  #config: ClientConfig

  constructor(directory: string) {
    this.#directory = directory
    this.#config = readConfig(directory)
    this.identity = openIdentity(directory, this.#config.hostname)
    this.#pins = new Pins(path.join(directory, 'pins'))
  }

  /** An application has come. It keeps the groups of now; another `config.json` is for those that come later. */
  serve(socket: Socket): void {
    const application = new Application(socket, this.#config.slots, { identity: this.identity, pins: this.#pins })
    this.#applications.add(application)
    socket.on('close', () => this.#applications.delete(application))
  }

  state(): ClientState {
    return {
      running: true,
      hostname: this.#config.hostname,
      applications: this.#applications.size,
      slots: this.#config.slots.map(({ group, label, serial, members }) => ({
        group,
        label,
        serial,
        members: members.map(({ hsm }) => ({ hsm, trusted: this.#pins.fingerprint(hsm) !== null })),
      })),
    }
  }

  trust(hsm: string, certificate: string): Parsed<null> {
    return this.#pins.trust(hsm, certificate)
  }

  untrust(hsm: string): void {
    this.#pins.untrust(hsm)
    for (const application of this.#applications) application.drop(hsm)
  }

  /** Reads `config.json` again. Not ok, and nothing changed, where it cannot be read. */
  reload(): Parsed<null> {
    try {
      this.#config = readConfig(this.#directory)
      return parsed(null)
    } catch (error) {
      return unparsed(error instanceof Error ? error.message : String(error))
    }
  }

  async initialisePartition(hsm: string, secrets: PartitionSecrets): Promise<Parsed<null>> {
    const member = this.#member(hsm)
    const fingerprint = this.#pins.fingerprint(hsm)
    if (!member) return unparsed(`no group of this host has the member ${hsm}`)
    if (fingerprint === null)
      return unparsed(`the certificate of ${hsm} is not trusted here; register this host with it`)
    try {
      const upstream = await Upstream.open(member, this.identity, fingerprint)
      return await setUpPartition(upstream, secrets).finally(() => upstream.close())
    } catch (error) {
      if (error instanceof UpstreamLost) return unparsed(error.message)
      throw error
    }
  }

  #member(hsm: string): ClientMember | undefined {
    return this.#config.slots.flatMap(({ members }) => members).find(member => member.hsm === hsm)
  }
}

function readConfig(directory: string): ClientConfig {
  const file = path.join(directory, 'config.json')
  const config = parseJson(clientConfigShape, readFileSync(file, 'utf8'))
  if (!config.ok) throw new Error(`${file} cannot be read: ${config.reason}`)
  return config.value
}
