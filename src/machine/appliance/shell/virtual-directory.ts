/**
 * What SFTP and scp see of a device: one flat directory with the device's own certificate to take, and clients'
 * certificates to leave (azure-facts H7.2). Nothing else can be read, and there is nothing above it.
 */
import path from 'node:path'
import { type Parsed, parsed, unparsed } from '../../../base/findings/parsed.ts'
import type { Device } from '../device.ts'
import { upload } from '../device-changes.ts'

export interface FileEntry {
  readonly name: string
  readonly size: number
}

export class VirtualDirectory {
  readonly #device: Device
  readonly #readable: ReadonlyMap<string, Buffer>

  /** `readable`: the files that may be taken, by name. */
  constructor(device: Device, readable: ReadonlyMap<string, Buffer>) {
    this.#device = device
    this.#readable = readable
  }

  list(): readonly FileEntry[] {
    const waiting = Object.entries(this.#device.record.uploads)
    return [
      ...[...this.#readable].map(([name, bytes]) => ({ name, size: bytes.length })),
      ...waiting.map(([name, text]) => ({ name, size: Buffer.byteLength(text) })),
    ]
  }

  find(name: string): FileEntry | null {
    return this.list().find(entry => entry.name === name) ?? null
  }

  /** Null for what is not there, and for what another person left. */
  read(name: string): Buffer | null {
    return this.#readable.get(name) ?? null
  }

  /** Takes a whole file that was sent. */
  write(name: string, bytes: Buffer): Parsed<null> {
    if (this.#readable.has(name)) return unparsed(`${name} is the device's own`)
    const changed = this.#device.change(record => upload(record, name, bytes.toString('utf8')))
    return changed.ok ? parsed(null) : changed
  }

  /** False where no such file was left by anyone. */
  remove(name: string): boolean {
    const { [name]: found, ...uploads } = this.#device.record.uploads
    if (found === undefined) return false
    this.#device.save({ ...this.#device.record, uploads })
    return true
  }
}

/** The name in the directory that a path means; '' is the directory itself, null lies outside. */
export function nameIn(file: string): string | null {
  const whole = path.posix.normalize(`/${file}`)
  return whole.lastIndexOf('/') === 0 ? whole.slice(1) : null
}
