/** hsmnet serve */
import { spawn } from 'node:child_process'
import path from 'node:path'
import { readConnection } from '../../base/process/connection.ts'
import { mainFile } from '../../base/process/entry.ts'
import { openState, statePaths, stateRoot } from '../../base/process/state.ts'
import { print, printJson } from '../output.ts'
import { ensureServer } from '../server-process.ts'

export async function serve({ detach, json }: { readonly detach: boolean; readonly json: boolean }): Promise<void> {
  const root = stateRoot()
  const paths = statePaths(root)
  if (detach) {
    const client = await ensureServer()
    client.close()
    const connection = readConnection(paths.connection)
    if (json) printJson({ url: connection?.url, subscriptionId: connection?.subscriptionId, state: root })
    else print(`The server answers at ${connection?.url ?? ''} (state: ${root}).`)
    return
  }
  openState(paths)
  const child = spawn(process.execPath, [mainFile(), '@server', '--state', root], {
    stdio: 'inherit',
    env: { ...process.env, NODE_COMPILE_CACHE: path.join(paths.cache, 'server') },
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  process.exitCode = await new Promise<number>(resolve => child.on('close', code => resolve(code ?? 1)))
}
