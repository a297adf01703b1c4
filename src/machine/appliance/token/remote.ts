/**
 * One p11-kit-remote: the process in which one connection's PKCS#11 library lives. It answers one call after another.
 * It is ended by closing its input, so that it never dies in the middle of a write (pkcs11-rpc.md, section 6, rule 4).
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { encodeFrame, FrameDecoder } from '../../../base/pkcs11/frame.ts'
import type { Dialect } from '../../../base/pkcs11/mechanism.ts'

export interface RemoteProgram {
  /** p11-kit-remote, which exists to serve one module on its standard input and output. */
  readonly remote: string
  readonly module: string
  /** SOFTHSM2_CONF: the token that it serves. */
  readonly configuration: string
}

/** The process died, or what it said is no answer. The call may or may not have been done. */
export class RemoteLost extends Error {}

/** The highest protocol that we know; the remote answers the lower of it and its own. */
const VERSION = 2
/** Nothing that a library does after its input is closed takes long; one that hangs then is idle and may be killed. */
const END_WITHIN = 5000

export class Remote {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #frames = new FrameDecoder()
  readonly #ended = Promise.withResolvers<void>()
  readonly #dialect = Promise.withResolvers<Dialect>()
  #greeted = false
  #pending: PromiseWithResolvers<Buffer> | null = null
  #lost: RemoteLost | null = null
  #code = 0

  constructor({ remote, module, configuration }: RemoteProgram) {
    this.#child = spawn(remote, [module], {
      env: { SOFTHSM2_CONF: configuration },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#dialect.promise.catch(() => {})
    this.#child.on('error', error => {
      this.#fail(`cannot start ${remote}: ${error.message}`)
      if (this.#child.pid === undefined) this.#ended.resolve()
    })
    this.#child.on('close', (code, signal) => {
      this.#fail(`p11-kit-remote ended (${signal ?? `exit ${code}`})`)
      this.#ended.resolve()
    })
    this.#child.stdin.on('error', () => {})
    this.#child.stdout.on('data', (chunk: Buffer) => this.#receive(chunk))
    this.#child.stdin.write(Buffer.of(VERSION))
  }

  /** The wire dialect it reads mechanisms in; rejects with RemoteLost where it does not come up. */
  get dialect(): Promise<Dialect> {
    return this.#dialect.promise
  }

  /** Sends one request body and answers the response's. One at a time; rejects with RemoteLost. */
  call(body: Buffer): Promise<Buffer> {
    if (this.#pending) throw new Error('p11-kit-remote is asked while it works')
    if (this.#lost) return Promise.reject(this.#lost)
    this.#pending = Promise.withResolvers<Buffer>()
    this.#code = (this.#code % 0xffff_fffe) + 1
    this.#child.stdin.write(encodeFrame(this.#code, body))
    return this.#pending.promise
  }

  /** Closes its input and waits for its end. No call must be in progress. */
  async end(): Promise<void> {
    this.#child.stdin.end()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), END_WITHIN)
    await this.#ended.promise
    clearTimeout(timer)
  }

  #receive(chunk: Buffer): void {
    const frames = this.#frames.push(this.#greeted ? chunk : chunk.subarray(1))
    if (!this.#greeted) {
      this.#greeted = true
      const version = chunk.readUInt8(0)
      this.#dialect.resolve(version === 0 || version === 1 ? version : 2)
    }
    if (!frames.ok) this.#fail(`p11-kit-remote sent ${frames.reason}`)
    for (const frame of frames.ok ? frames.value : []) {
      const pending = this.#pending
      if (pending && frame.code === this.#code) {
        this.#pending = null
        pending.resolve(frame.body)
      } else {
        this.#fail('p11-kit-remote answered what was not asked')
      }
    }
  }

  #fail(reason: string): void {
    this.#lost ??= new RemoteLost(reason)
    this.#dialect.reject(this.#lost)
    this.#pending?.reject(this.#lost)
    this.#pending = null
  }
}
