/** JSON lines over a stream, with a cap on a line: the form of every local control socket of ours. */
import type { Duplex } from 'node:stream'

/** 64 MiB: a plan of ten thousand hosts is under 10. */
const LONGEST_LINE = 64 * 1024 * 1024

export interface LineHandlers {
  /** One parsed line. What is not JSON ends the stream. */
  readonly onValue: (value: unknown) => void
  readonly onEnd?: () => void
}

/** Reads JSON lines off a stream until it ends; a line that is too long or not JSON destroys it. */
export function readJsonLines(stream: Duplex, { onValue, onEnd }: LineHandlers): void {
  let parts: Buffer[] = []
  let held = 0
  stream.on('data', (chunk: Buffer) => {
    let from = 0
    for (let at = chunk.indexOf(10, from); at !== -1; at = chunk.indexOf(10, from)) {
      parts.push(chunk.subarray(from, at))
      const line = Buffer.concat(parts).toString('utf8')
      parts = []
      held = 0
      from = at + 1
      if (line === '') continue
      let value: unknown
      try {
        value = JSON.parse(line)
      } catch {
        stream.destroy()
        return
      }
      onValue(value)
    }
    if (from < chunk.length) parts.push(chunk.subarray(from))
    held += chunk.length - from
    if (held > LONGEST_LINE) stream.destroy()
  })
  stream.on('error', () => stream.destroy())
  stream.on('close', () => onEnd?.())
}

export function writeJsonLine(stream: Duplex, value: unknown): void {
  if (!stream.destroyed) stream.write(`${JSON.stringify(value)}\n`)
}
