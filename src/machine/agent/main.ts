/** Wires the agent: `hsmnet @agent --state DIR`, and `--instance PID` where it lives in a rootless instance. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { codePlaces, mainFile } from '../../base/process/entry.ts'
import { openState, statePaths } from '../../base/process/state.ts'
import { Agent } from './agent.ts'
import type { SandboxContext } from './processes/sandbox.ts'
import { serveAgent } from './serve.ts'

/** The highest gid there is on a machine; a rootless instance has one alone. */
const LAST_GROUP = { root: 2 ** 31 - 1, rootless: 0 } as const

export async function agentMain(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { state: { type: 'string' }, instance: { type: 'string' } },
  })
  if (values.state === undefined) throw new Error('--state DIR is missing')
  process.umask(0o077)
  const paths = statePaths(path.resolve(values.state))
  const owner = openState(paths)
  const mode = values.instance === undefined ? 'root' : 'rootless'
  const sandbox: SandboxContext = {
    mode,
    owner,
    paths,
    node: process.execPath,
    main: mainFile(),
    code: codePlaces(),
    exists: existsSync,
  }
  const log = pino({ name: 'agent' }, pino.destination({ dest: 2, sync: true }))
  const agent = new Agent({
    sandbox,
    layout: { owner, lastGroup: LAST_GROUP[mode] },
    log,
    instancePid: values.instance === undefined ? null : Number(values.instance),
  })
  await serveAgent({ agent, socket: paths.agentSocket, onDown: () => process.exit(0) })
  // Hosts and daemons go on without an agent; only `down` ends them.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0))
  process.on('SIGHUP', () => {})
  process.stdout.write(`${JSON.stringify({ ready: true, pid: process.pid })}\n`)
}
