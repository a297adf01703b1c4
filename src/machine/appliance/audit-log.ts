/**
 * The device's record of what was done on it: JSON lines, one a PKCS#11 call, one an administrative command, one a
 * refused connection. No PIN, password or data ever comes here: a line is made of names and results only.
 */
import { appendFileSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'

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
  #lines: string[] = []
  #size: number
  #writing = false

  constructor(file: string) {
    this.#file = file
    this.#size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  }

  /** Lines of one turn of the event loop are written together, before the turn after the next. */
  record(event: AuditEvent): void {
    this.#lines.push(`${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`)
    if (!this.#writing) void this.#write()
  }

  /** The last lines of the current file. */
  tail(lines: number): string[] {
    this.flush()
    if (!statSync(this.#file, { throwIfNoEntry: false })) return []
    return readFileSync(this.#file, 'utf8').trimEnd().split('\n').slice(-lines)
  }

  /** Writes what is held, at once: for the end of the process. */
  flush(): void {
    if (this.#lines.length > 0) appendFileSync(this.#file, this.#take(), { mode: 0o600 })
  }

  async #write(): Promise<void> {
    this.#writing = true
    await new Promise(resolve => setImmediate(resolve))
    while (this.#lines.length > 0) {
      if (this.#size > LARGEST_FILE) this.#rotate()
      const text = this.#take()
      this.#size += text.length
      await appendFile(this.#file, text, { mode: 0o600 })
    }
    this.#writing = false
  }

  #take(): string {
    const text = this.#lines.join('')
    this.#lines = []
    return text
  }

  #rotate(): void {
    rmSync(`${this.#file}.${KEPT}`, { force: true })
    for (let number = KEPT; number > 1; number--) moveIfThere(`${this.#file}.${number - 1}`, `${this.#file}.${number}`)
    moveIfThere(this.#file, `${this.#file}.1`)
    this.#size = 0
  }
}

function moveIfThere(from: string, to: string): void {
  if (statSync(from, { throwIfNoEntry: false })) renameSync(from, to)
}
