/**
 * The real thing on the loopback: appliances and clients as processes, SoftHSM, p11-kit, Debian's tools. Every address
 * is one of 127/8 that belongs to this test process, so that files of tests run side by side.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { mainFile } from '../../src/base/process/entry.ts'
import { type RunResult, run } from '../../src/base/process/run.ts'
import type { DeviceState } from '../../src/machine/appliance/device-state.ts'
import type { ConsoleResult } from '../../src/machine/client/console/requests.ts'

export const PASSWORD = 'N3wSecret!'
export const OFFICER = 'S0Passw0rd!'
export const SO_PIN = 'sopin-1234'
export const CO_PIN = 'copin-1234'
export const SSH_PORT = 2222
export const NTLS_PORT = 11792

/** Debian's multiarch place of the stock module that applications load. */
const MODULE = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/pkcs11/p11-kit-client.so`

/** A process of ours, of one role, with its directory. */
export class Daemon {
  readonly directory: string
  readonly #role: string
  #process: ChildProcess | null = null

  constructor(role: string, directory: string, config: unknown) {
    this.#role = role
    this.directory = directory
    mkdirSync(directory, { mode: 0o700 })
    writeFileSync(path.join(directory, 'config.json'), JSON.stringify(config))
  }

  get pid(): number {
    return this.#process?.pid ?? 0
  }

  get stderr(): string {
    return readOrNothing(this.#log)
  }

  /** Resolves with the ready line. */
  async start(): Promise<string> {
    const child = spawn(process.execPath, [mainFile(), this.#role, '--state', this.directory], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#process = child
    child.stderr.on('data', chunk => writeFileSync(this.#log, chunk, { flag: 'a' }))
    for await (const line of createInterface(child.stdout)) return line
    throw new Error(`${this.#role} ended before it was ready: ${this.stderr}`)
  }

  /** Ends it with the signal, and waits for its end. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#process
    this.#process = null
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise(resolve => child.once('exit', resolve))
    child.kill(signal)
    await gone
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal)
  }

  async ask<T>(request: unknown): Promise<T> {
    return (await askControl(path.join(this.directory, 'control.sock'), request)) as T
  }

  get #log(): string {
    return path.join(this.directory, 'stderr.log')
  }
}

export class Appliance extends Daemon {
  readonly address: string
  /** As a plan would call it. */
  readonly hsm: string

  constructor(directory: string, name: string, address: string) {
    super('@appliance', directory, {
      hostname: name,
      address,
      serial: '5512345',
      module: '/usr/lib/softhsm/libsofthsm2.so',
      remote: '/usr/libexec/p11-kit/p11-kit-remote',
      sshPort: SSH_PORT,
      ntlsPort: NTLS_PORT,
    })
    this.address = address
    this.hsm = `/hsms/${name}`
  }

  async state(): Promise<DeviceState> {
    return await this.ask({ op: 'status' })
  }

  /** What a person does at the console; `password` is the changed one unless said otherwise. */
  async console(request: Record<string, unknown>): Promise<ConsoleResult> {
    const input = JSON.stringify({ address: this.address, port: SSH_PORT, password: PASSWORD, ...request })
    const { stdout, stderr } = await run(process.execPath, [mainFile(), '@console'], { input })
    assert.equal(stderr, '')
    return JSON.parse(stdout)
  }

  /** From the factory to an initialised HSM with one partition. */
  async initialise(): Promise<void> {
    const result = await this.console({
      kind: 'init',
      password: 'PASSWORD',
      newPassword: PASSWORD,
      soPassword: OFFICER,
      label: 'pair',
      domain: 'words',
      partition: 'part1',
    })
    assert.ok(result.ok, JSON.stringify(result))
  }

  auditLog(): string {
    return readFileSync(path.join(this.directory, 'audit.log'), 'utf8')
  }
}

export class Client extends Daemon {
  readonly name: string

  constructor(directory: string, name: string, members: readonly Appliance[]) {
    super('@client', directory, {
      hostname: name,
      slots: members.map(({ hsm, address }, index) => ({
        group: `/groups/${index}`,
        label: `group${index}`,
        serial: `1551234${index}`,
        members: [{ hsm, hostname: 'hsm', address, port: NTLS_PORT }],
      })),
    })
    this.name = name
  }

  get socket(): string {
    return path.join(this.directory, 'run', 'pkcs11.sock')
  }

  /** Registers this client with the device for partition part1, and trusts what the device shows. */
  async register(appliance: Appliance): Promise<void> {
    const { certificate } = await this.ask<{ certificate: string }>({ op: 'identity' })
    const registration = {
      kind: 'register',
      clientName: this.name,
      certificate,
      hostname: this.name,
      partition: 'part1',
    }
    const result = await appliance.console(registration)
    assert.ok(result.ok, JSON.stringify(result))
    const trusted = await this.ask({ op: 'trust', hsm: appliance.hsm, certificate: result.serverCertificate })
    assert.deepEqual(trusted, { ok: true })
  }

  async initialisePartition(appliance: Appliance): Promise<void> {
    const request = { op: 'initPartition', hsm: appliance.hsm, label: 'part1', soPin: SO_PIN, coPin: CO_PIN }
    assert.deepEqual(await this.ask(request), { ok: true })
  }

  /** Debian's pkcs11-tool, unmodified, through the stock p11-kit-client.so. */
  async tool(...args: readonly string[]): Promise<RunResult> {
    return await this.toolAt(this.socket, ...args)
  }

  /** The same with another socket in between. */
  async toolAt(socket: string, ...args: readonly string[]): Promise<RunResult> {
    return await run('pkcs11-tool', ['--module', MODULE, ...args], {
      env: { PATH: process.env.PATH, P11_KIT_SERVER_ADDRESS: `unix:path=${socket}` },
    })
  }
}

/** A directory of daemons. `end` ends them and sees that nothing is left. */
export class World {
  readonly directory = mkdtempSync(path.join(tmpdir(), 'device-'))
  readonly #daemons: Daemon[] = []
  #addresses = 0

  async appliance(name = `hsm${this.#daemons.length}`): Promise<Appliance> {
    const net = `${1 + (process.pid % 250)}.${Math.floor(process.pid / 250) % 250}`
    const appliance = new Appliance(path.join(this.directory, name), name, `127.${net}.${++this.#addresses}`)
    this.#daemons.push(appliance)
    await appliance.start()
    return appliance
  }

  async client(members: readonly Appliance[], name = `vm${this.#daemons.length}`): Promise<Client> {
    const client = new Client(path.join(this.directory, name), name, members)
    this.#daemons.push(client)
    await client.start()
    return client
  }

  /** One device and one host, registered, with an initialised partition. */
  async pair(): Promise<{ readonly appliance: Appliance; readonly client: Client }> {
    const appliance = await this.appliance()
    await appliance.initialise()
    const client = await this.client([appliance])
    await client.register(appliance)
    await client.initialisePartition(appliance)
    return { appliance, client }
  }

  async end(): Promise<void> {
    await Promise.all(this.#daemons.map(daemon => daemon.end()))
    await until(() => this.processes().length === 0, 'no process of the test is left')
    rmSync(this.directory, { recursive: true })
  }

  /** Every process that was told of this world: ours by their arguments, p11-kit-remote by its environment. */
  processes(): readonly number[] {
    return readdirSync('/proc').flatMap(name => {
      if (!/^\d+$/.test(name) || Number(name) === process.pid) return []
      const told = ['cmdline', 'environ'].some(file => readOrNothing(`/proc/${name}/${file}`).includes(this.directory))
      return told ? [Number(name)] : []
    })
  }

  /** Processes of p11-kit-remote. */
  remotes(): readonly number[] {
    return this.processes().filter(pid => readOrNothing(`/proc/${pid}/cmdline`).includes('p11-kit-remote'))
  }
}

/** Waits for a condition, not for a time; fails when it does not come true at all. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + 15_000; Date.now() < end; await sleep(10)) if (await condition()) return
  assert.fail(`not in 15 s: ${what}`)
}

async function askControl(file: string, request: unknown): Promise<unknown> {
  const socket = connect(file)
  socket.write(`${JSON.stringify(request)}\n`)
  try {
    for await (const line of createInterface(socket)) return JSON.parse(line)
  } finally {
    socket.destroy()
  }
  throw new Error(`${file} answered nothing`)
}

function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}
