/** What admission chooses at random, as a value of its own so that tests and golden plans are deterministic. */
import { randomBytes, randomInt, randomUUID } from 'node:crypto'

export interface Choices {
  readonly guid: () => string
  /** Azure's own prefix for its NICs, and three bytes. */
  readonly mac: () => string
  /** A device's serial number: seven digits, as Luna's (azure-facts A7.11). */
  readonly serial: () => string
  /** Now, ISO 8601. */
  readonly now: () => string
}

export const randomChoices: Choices = {
  guid: () => randomUUID(),
  mac: () => macOf(randomBytes(3)),
  serial: () => String(randomInt(1_000_000, 10_000_000)),
  now: () => new Date().toISOString(),
}

/** The same choices every time, counted up from 1: what `hsmnet plan` and golden files use. */
export function countedChoices(): Choices {
  let count = 0
  return {
    guid: () => `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`,
    mac: () => macOf(Buffer.from([0, 0, ++count])),
    serial: () => String(1_000_000 + ++count),
    now: () => '2026-01-01T00:00:00.000Z',
  }
}

function macOf(tail: Buffer): string {
  return ['00', '0d', '3a', ...[...tail].map(byte => byte.toString(16).padStart(2, '0'))].join(':')
}
