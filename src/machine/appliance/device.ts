/**
 * A device: its durable record, the tokens of its partitions, and the acts that need both. What is refused is refused by
 * device-changes.ts; here a change becomes durable first and takes effect after.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { type Parsed, unparsed } from '../../base/findings/parsed.ts'
import { writeFileAtomicSync } from '../../base/process/atomic-file.ts'
import type { AuditLog } from './audit-log.ts'
import { deletePartition, findClient, findPartition, initialiseHsm, zeroize } from './device-changes.ts'
import type { DeviceRecord, PartitionRecord } from './device-record.ts'
import { deviceFile, loadDevice } from './device-state.ts'
import { domainKey, hashPassword, verifyPassword } from './password.ts'
import { type AttemptLimit, Attempts } from './token/attempts.ts'
import { Token } from './token/token.ts'

/** azure-facts A10.8: three wrong ones zeroize the HSM. Exact, because three are few. */
const HSM_OFFICER: AttemptLimit = { limit: 3, slack: 0 }
/** azure-facts A10.9 and A10.11. */
const PARTITION_ROLE: AttemptLimit = { limit: 10, slack: 1 }

/** Closes the connections on 1792 that a change ends; resolves when their processes have ended. */
export interface Connections {
  closePartition(number: number, except?: number): Promise<void>
  closeClient(name: string): Promise<void>
}

export type OfficerLogin = 'right' | 'wrong' | 'zeroized'

export class Device {
  readonly serial: string
  readonly hostname: string
  readonly audit: AuditLog
  readonly #directory: string
  readonly #log: (line: string) => void
  readonly #tokens = new Map<number, Token>()
  #record: DeviceRecord
  #connections: Connections = { closePartition: async () => {}, closeClient: async () => {} }
  #lastLogin: Promise<unknown> = Promise.resolve()

  constructor(
    directory: string,
    { serial, hostname }: { readonly serial: string; readonly hostname: string },
    audit: AuditLog,
    log: (line: string) => void,
  ) {
    this.#directory = directory
    this.serial = serial
    this.hostname = hostname
    this.audit = audit
    this.#log = log
    this.#record = loadDevice(directory)
    this.#settle()
  }

  /** Where the tokens of all partitions are. */
  get tokensDirectory(): string {
    return path.join(this.#directory, 'tokens')
  }

  get record(): DeviceRecord {
    return this.#record
  }

  /** Whose connections a change closes; set once, when 1792 is wired. */
  serveBy(connections: Connections): void {
    this.#connections = connections
  }

  /** Makes a change durable, then takes it over. */
  save(record: DeviceRecord): void {
    writeFileAtomicSync(deviceFile(this.#directory), JSON.stringify(record))
    this.#record = record
  }

  /** The same for a change that may be refused. */
  change(change: (record: DeviceRecord) => Parsed<DeviceRecord>): Parsed<DeviceRecord> {
    const changed = change(this.#record)
    if (changed.ok) this.save(changed.value)
    return changed
  }

  async initialise(label: string, password: string, domain: string): Promise<Parsed<DeviceRecord>> {
    const officer = await hashPassword(password)
    const key = await domainKey(domain)
    return this.change(record => initialiseHsm(record, { label, officer, domain: key }))
  }

  /** One try of the HSM officer's password, counted durably before it is made. The third wrong one zeroizes. */
  logInOfficer(password: string): Promise<OfficerLogin> {
    const login = this.#lastLogin.then(() => this.#tryOfficer(password))
    this.#lastLogin = login.catch(() => {})
    return login
  }

  officerTriesLeft(): number {
    return HSM_OFFICER.limit - (this.#record.hsm?.attempts ?? 0)
  }

  async zeroize(why: string): Promise<void> {
    const gone = this.#record.partitions.map(partition => partition.number)
    this.save(zeroize(this.#record))
    this.audit.record({ event: 'zeroized', why })
    for (const number of gone) await this.#destroyToken(number)
  }

  async deletePartition(name: string): Promise<Parsed<DeviceRecord>> {
    const partition = findPartition(this.#record, name)
    const changed = this.change(record => deletePartition(record, name))
    if (changed.ok && partition) await this.#destroyToken(partition.number)
    return changed
  }

  /** A change that takes something from a client: its connections are closed. */
  async changeClient(
    name: string,
    change: (record: DeviceRecord) => Parsed<DeviceRecord>,
  ): Promise<Parsed<DeviceRecord>> {
    if (!findClient(this.#record, name)) return unparsed(`there is no client "${name}"`)
    const changed = this.change(change)
    if (changed.ok) await this.#connections.closeClient(name)
    return changed
  }

  /** The token of a partition that exists. */
  token(number: number): Token {
    const known = this.#tokens.get(number)
    if (known) return known
    const partition = this.#record.partitions.find(one => one.number === number)
    if (!partition) throw new Error(`partition ${number} does not exist`)
    const attempts = (role: 'so' | 'co') =>
      new Attempts(PARTITION_ROLE, partition.attempts[role], count => this.#saveAttempts(number, role, count))
    const token = new Token(this.#tokenRoot(number), { so: attempts('so'), co: attempts('co') }, line =>
      this.#log(line),
    )
    this.#tokens.set(number, token)
    return token
  }

  /** azure-facts A10.9: the partition is emptied; it still exists, and can be initialized again. */
  zeroizePartition(number: number): void {
    this.audit.record({ event: 'zeroized', why: `partition ${number}: 10 wrong logins of its officer` })
    const emptied = async () => {
      await this.#connections.closePartition(number)
      const token = this.#tokens.get(number)
      await token?.destroy()
      token?.attempts.so.right()
      token?.attempts.co.right()
    }
    emptied().catch(error => this.#log(`partition ${number} is not emptied until the next start: ${error}`))
  }

  async #tryOfficer(password: string): Promise<OfficerLogin> {
    const { hsm } = this.#record
    if (!hsm) return 'zeroized'
    const attempts = new Attempts(HSM_OFFICER, hsm.attempts, count => this.#saveOfficerAttempts(count))
    attempts.reserve()
    if (await verifyPassword(password, hsm.officer)) {
      attempts.right()
      return 'right'
    }
    attempts.wrong()
    if (attempts.left > 0) return 'wrong'
    await this.zeroize('3 wrong logins of the HSM officer')
    return 'zeroized'
  }

  async #destroyToken(number: number): Promise<void> {
    await this.#connections.closePartition(number)
    await this.#tokens.get(number)?.destroy()
    this.#tokens.delete(number)
    rmSync(this.#tokenRoot(number), { recursive: true, force: true })
  }

  #saveAttempts(number: number, role: 'so' | 'co', count: number): void {
    const withCount = (partition: PartitionRecord): PartitionRecord =>
      partition.number === number ? { ...partition, attempts: { ...partition.attempts, [role]: count } } : partition
    this.save({ ...this.#record, partitions: this.#record.partitions.map(withCount) })
  }

  #saveOfficerAttempts(attempts: number): void {
    const { hsm } = this.#record
    if (hsm) this.save({ ...this.#record, hsm: { ...hsm, attempts } })
  }

  #tokenRoot(number: number): string {
    return path.join(this.tokensDirectory, String(number))
  }

  /**
   * Ends what was cut short: the files of a partition that is gone, and a role whose last try was counted but whose
   * consequence was not drawn.
   */
  #settle(): void {
    const { hsm } = this.#record
    if (hsm && hsm.attempts >= HSM_OFFICER.limit) this.save(zeroize(this.#record))
    for (const { number, attempts } of this.#record.partitions) {
      if (attempts.so < PARTITION_ROLE.limit) continue
      rmSync(this.#tokenRoot(number), { recursive: true, force: true })
      this.#saveAttempts(number, 'so', 0)
      this.#saveAttempts(number, 'co', 0)
    }
    const kept = new Set(this.#record.partitions.map(partition => String(partition.number)))
    const tokens = this.tokensDirectory
    mkdirSync(tokens, { recursive: true, mode: 0o700 })
    for (const name of readdirSync(tokens)) {
      if (!kept.has(name)) rmSync(path.join(tokens, name), { recursive: true, force: true })
    }
  }
}
