/** The log file of a process: what it wrote to standard error. */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'

/** As much of the end of a log as is looked at for its last line. */
const TAIL = 4096
/** A longer line is cut when it becomes part of a message. */
const LONGEST = 300

/** What a process said last, for people; nothing it said before byte `from` counts. */
export function lastWords(file: string, from = 0): string {
  if (!existsSync(file)) return 'it ended without a word'
  const fd = openSync(file, 'r')
  try {
    const { size } = fstatSync(fd)
    const start = Math.max(from, size - TAIL)
    const bytes = Buffer.alloc(Math.max(0, size - start))
    readSync(fd, bytes, 0, bytes.length, start)
    const said = bytes.toString('utf8').trim().split('\n').at(-1) ?? ''
    return said === '' ? 'it ended without a word' : said.slice(0, LONGEST)
  } finally {
    closeSync(fd)
  }
}
