/** Proves that a person is the administrator, with tries that are counted before they are made and survive a restart. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Device } from '../device.ts'
import type { DeviceRecord } from '../device-record.ts'
import { DELIVERED_PASSWORD, verifyPassword } from '../password.ts'

/** So many wrong ones in a row cost nothing; each further one doubles the wait, from a second to a minute. */
const FREE_TRIES = 5
const LONGEST_WAIT = 60_000

/** Milliseconds until another try is taken. The wait is bounded: a stranger's guesses must not lock the owner out. */
export function waitBeforeTry({ failures, lastFailure }: DeviceRecord['admin'], now: number): number {
  if (failures < FREE_TRIES) return 0
  const wait = Math.min(LONGEST_WAIT, 1000 * 2 ** Math.min(failures - FREE_TRIES, 16))
  return Math.max(0, lastFailure + wait - now)
}

export class Administrator {
  readonly #device: Device
  readonly #clock: () => number
  #last: Promise<unknown> = Promise.resolve()

  constructor(device: Device, clock: () => number = Date.now) {
    this.#device = device
    this.#clock = clock
  }

  /** True while the delivered password has not been changed (azure-facts A10.6). */
  get mustChange(): boolean {
    return this.#device.record.admin.password === null
  }

  /** One try after another, however many connections make them. */
  verify(password: string, from: string): Promise<boolean> {
    const verdict = this.#last.then(() => this.#try(password, from))
    this.#last = verdict.catch(() => {})
    return verdict
  }

  async #try(password: string, from: string): Promise<boolean> {
    const device = this.#device
    const { admin } = device.record
    const now = this.#clock()
    if (waitBeforeTry(admin, now) > 0) return false
    device.save({ ...device.record, admin: { ...admin, failures: admin.failures + 1, lastFailure: now } })
    const right =
      admin.password === null ? sameText(password, DELIVERED_PASSWORD) : await verifyPassword(password, admin.password)
    if (right) device.save({ ...device.record, admin: { ...device.record.admin, failures: 0 } })
    device.audit.record({ event: 'login', user: 'tenantadmin', from, result: right ? 'right' : 'wrong' })
    return right
  }
}

/** By digests, which have one length, so that the time tells nothing. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
