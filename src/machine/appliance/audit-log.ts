/**
 * The device's record of what was done on it: JSON lines, one a PKCS#11 call, one an administrative command, one a
 * refused connection. No PIN, password or data ever comes here: a line is made of names and results only.
 */
import { closeSync, fstatSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs'

export type AuditEvent =
  | {
      readonly event: 'call'
      readonly client: string
      readonly connection: number
      /** Handle of the PKCS#11 session, null for calls outside one. */
      readonly session: string | null
      readonly call: string
      readonly result: string
    }
  | {
      readonly event: 'connected' | 'closed'
      readonly client: string
      readonly connection: number
      readonly why?: string
    }
  | { readonly event: 'refused'; readonly from: string; readonly client: string | null; readonly why: string }
  | { readonly event: 'login'; readonly user: string; readonly from: string; readonly result: 'right' | 'wrong' }
  | { readonly event: 'command'; readonly user: string; readonly command: string; readonly result: 'done' | 'failed' }
  | { readonly event: 'zeroized'; readonly why: string }

/** Some 200,000 calls a file; this many older files are kept. */
const LARGEST_FILE = 32 * 1024 * 1024
const KEPT = 3

export class AuditLog {
  readonly #file: string
  #fd: number
  #size: number
  #lines: string[] = []

  constructor(file: string) {
    this.#file = file
    this.#fd = openSync(file, 'a', 0o600)
    this.#size = fstatSync(this.#fd).size
  }

  /** Lines of one turn of the event loop are written together, at its end; the write is a copy into memory. */
  record(event: AuditEvent): void {
    if (this.#lines.length === 0) setImmediate(() => this.flush())
    this.#lines.push(`${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`)
  }

  /** Writes what is held, at once. */
  flush(): void {
    const text = this.#lines.join('')
    this.#lines = []
    if (text === '') return
    if (this.#size > LARGEST_FILE) this.#rotate()
    writeSync(this.#fd, text)
    this.#size += text.length
  }

  /** The last lines of the current file. */
  tail(lines: number): string[] {
    this.flush()
    return readFileSync(this.#file, 'utf8').trimEnd().split('\n').slice(-lines)
  }

  #rotate(): void {
    closeSync(this.#fd)
    for (let number = KEPT; number > 1; number--) moveIfThere(`${this.#file}.${number - 1}`, `${this.#file}.${number}`)
    moveIfThere(this.#file, `${this.#file}.1`)
    this.#fd = openSync(this.#file, 'a', 0o600)
    this.#size = 0
  }
}

function moveIfThere(from: string, to: string): void {
  if (statSync(from, { throwIfNoEntry: false })) renameSync(from, to)
}
