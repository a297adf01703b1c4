/** hsmnet down: takes every namespace, link, process and mount away. --purge destroys resources, keys and state too. */
import { existsSync, readdirSync } from 'node:fs'
import { z } from 'zod'
import { readOwner, removeState, statePaths, stateRoot } from '../../base/process/state.ts'
import { EXIT } from '../exit-codes.ts'
import { Failure } from '../failure.ts'
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
  if (destroy.length > 0 && !purge) {
    const text = {
      code: 'DestroyWithoutPurge',
      message: '--destroy names what --purge may destroy.',
      remedy: 'Add --purge.',
    }
    throw new Failure(text, EXIT.usage)
  }
  const paths = statePaths(stateRoot())
  if (existsSync(paths.root) && readOwner(paths) === null && readdirSync(paths.root).length > 0) {
    throw new Failure({
      code: 'NotAStateDirectory',
      message: `${paths.root} holds files, but no mark of an hsmnet instance: nothing is taken down, nothing removed.`,
      remedy: 'Set HSMNET_STATE to the directory of the instance.',
    })
  }
  const progress = new Progress()
  try {
    if (existsSync(paths.server)) {
      progress.show('taking everything down')
      // Only a server knows what is wanted and what may be destroyed; where none runs, one is started for this.
      const client = await ensureServer()
      const { pid, start } = answer.parse(await client.verb('down', { purge, destroy }))
      client.close()
      await serverGone(pid, start)
    }
  } finally {
    progress.end()
  }
  const left = purge ? removeState(paths) : []
  if (json) printJson({ down: true, purged: purge, left })
  else if (!purge) print(`Everything is down. Resources and keys are kept in ${paths.root}.`)
  else if (left.length === 0) print(`Everything is gone, ${paths.root} too.`)
  else print(`Everything of ours is gone; ${paths.root} stays, for it holds ${left.join(', ')}.`)
}
