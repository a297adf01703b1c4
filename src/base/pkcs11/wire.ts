/**
 * The primitives of the p11-kit RPC wire form (pkcs11-rpc.md, section 3): big-endian integers and byte arrays.
 *
 * A reader never throws on what a peer sent: the first fault is kept in `failure`, everything read after it is zero,
 * and the caller looks once, at the end.
 */

/** A byte array of this length is NULL; from 0x7fffffff on any other length is invalid. */
const NULL_ARRAY = 0xffffffff
const LONGEST_ARRAY = 0x7ffffffe

export class WireReader {
  readonly #bytes: Buffer
  #at = 0
  #failure: string | null = null

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** Why the bytes are not what they should be, or null. */
  get failure(): string | null {
    return this.#failure
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  fail(reason: string): void {
    this.#failure ??= `${reason} at byte ${this.#at}`
  }

  u8(): number {
    return this.#has(1) ? this.#bytes.readUInt8(this.#advance(1)) : 0
  }

  u32(): number {
    return this.#has(4) ? this.#bytes.readUInt32BE(this.#advance(4)) : 0
  }

  u64(): bigint {
    return this.#has(8) ? this.#bytes.readBigUInt64BE(this.#advance(8)) : 0n
  }

  /** A view of the bytes, not a copy. */
  byteArray(): Buffer | null {
    const length = this.u32()
    if (length === NULL_ARRAY) return null
    if (length > LONGEST_ARRAY) this.fail(`byte array of invalid length ${length}`)
    if (!this.#has(length)) return Buffer.alloc(0)
    const start = this.#advance(length)
    return this.#bytes.subarray(start, start + length)
  }

  /** A u32 count of items that take at least `itemSize` bytes each: more than could follow is refused at once. */
  count(itemSize: number): number {
    const count = this.u32()
    if (count * itemSize > this.left) this.fail(`${count} items announced, ${this.left} bytes left`)
    return this.#failure === null ? count : 0
  }

  /** To be called last: bytes after the end are as wrong as too few. */
  end(): void {
    if (this.left > 0) this.fail(`${this.left} bytes too many`)
  }

  #has(length: number): boolean {
    if (this.#failure === null && length > this.left) this.fail(`${length} bytes expected, ${this.left} left`)
    return this.#failure === null
  }

  #advance(length: number): number {
    const start = this.#at
    this.#at += length
    return start
  }
}

export class WireWriter {
  #bytes = Buffer.allocUnsafe(256)
  #length = 0

  u8(value: number): this {
    const at = this.#grow(1)
    this.#bytes.writeUInt8(value, at)
    return this
  }

  u32(value: number): this {
    const at = this.#grow(4)
    this.#bytes.writeUInt32BE(value, at)
    return this
  }

  u64(value: bigint): this {
    const at = this.#grow(8)
    this.#bytes.writeBigUInt64BE(value, at)
    return this
  }

  byteArray(value: Uint8Array | null): this {
    if (value === null) return this.u32(NULL_ARRAY)
    this.u32(value.length)
    const at = this.#grow(value.length)
    this.#bytes.set(value, at)
    return this
  }

  /** The bytes written so far; the writer is not to be used any more. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  /** Makes room and answers where it starts. Called before `#bytes` is looked at: it may replace it. */
  #grow(length: number): number {
    const start = this.#length
    const needed = start + length
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2))
      grown.set(this.#bytes.subarray(0, start))
      this.#bytes = grown
    }
    this.#length = needed
    return start
  }
}
