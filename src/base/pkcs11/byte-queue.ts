/** Bytes of a stream that wait to be a whole message. Chunks are joined only when a message spans them. */
export class ByteQueue {
  #parts: Buffer[] = []
  #length = 0

  get length(): number {
    return this.#length
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return
    this.#parts.push(chunk)
    this.#length += chunk.length
  }

  /** The first `length` bytes, which must be there, in one piece; they stay in the queue. */
  peek(length: number): Buffer {
    let [first] = this.#parts
    if (!first || first.length < length) {
      first = Buffer.concat(this.#parts)
      this.#parts = [first]
    }
    return first.subarray(0, length)
  }

  /** The same, and takes them out. */
  take(length: number): Buffer {
    const bytes = this.peek(length)
    const [first] = this.#parts
    if (first && first.length > length) this.#parts[0] = first.subarray(length)
    else this.#parts.shift()
    this.#length -= length
    return bytes
  }
}
