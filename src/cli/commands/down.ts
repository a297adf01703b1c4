/** hsmnet down: takes every namespace, link, process and mount away. --purge destroys resources, keys and state too. */
import { existsSync, rmSync } from 'node:fs'
import { z } from 'zod'
import { statePaths, stateRoot } from '../../base/process/state.ts'
import { Progress, print, printJson } from '../output.ts'
import { ensureServer, serverGone } from '../server-process.ts'

export interface DownOptions {
  readonly purge: boolean
  readonly destroy: readonly string[]
  readonly json: boolean
}

/** The process of the server that took everything down, and ends after its answer. */
const answer = z.object({ pid: z.int(), start: z.string() })

export async function down({ purge, destroy, json }: DownOptions): Promise<void> {
  const root = stateRoot()
  const progress = new Progress()
  try {
    if (existsSync(statePaths(root).connection)) {
      progress.show('taking everything down')
      // Only a server knows what is wanted and what may be destroyed; where none runs, one is started for this.
      const client = await ensureServer()
      const { pid, start } = answer.parse(await client.verb('down', { purge, destroy }))
      client.close()
      await serverGone(pid, start)
    }
    if (purge) rmSync(root, { recursive: true, force: true })
  } finally {
    progress.end()
  }
  if (json) printJson({ down: true, purged: purge })
  else print(purge ? `Everything is gone, ${root} too.` : `Everything is down. Resources and keys are kept in ${root}.`)
}
