/** connection.json: how the CLI and any other client finds the server. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { writeFileAtomicSync } from './atomic-file.ts'

const connection = z.strictObject({
  url: z.string(),
  token: z.string(),
  /** A PEM file. */
  ca: z.string(),
  subscriptionId: z.string(),
})

export type Connection = Readonly<z.infer<typeof connection>>

export function writeConnection(file: string, value: Connection): void {
  writeFileAtomicSync(file, `${JSON.stringify(value, null, 2)}\n`)
}

/** Null where no server ever ran in this state directory. */
export function readConnection(file: string): Connection | null {
  try {
    const read = connection.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    return read.success ? read.data : null
  } catch {
    return null
  }
}
