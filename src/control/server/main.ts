/** Wires the server: state, store, engine, control plane, HTTPS; then says on one line that it is ready. */
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { parseArgs } from 'node:util'
import pino, { type Logger } from 'pino'
import { openSealer } from '../../base/pki/sealing.ts'
import { openTrustRoot } from '../../base/pki/trust-root.ts'
import { writeFileAtomicSync } from '../../base/process/atomic-file.ts'
import { readConnection, writeConnection } from '../../base/process/connection.ts'
import { openState, type StatePaths, statePaths } from '../../base/process/state.ts'
import { endInstance, startAgent } from '../../machine/agent/instance.ts'
import { AZURE_LIMITS } from '../../model/rules/rule.ts'
import { randomChoices } from '../admit/choices.ts'
import { Deployer } from '../deployments/deployer.ts'
import type { Engine } from '../engine/engine.ts'
import { NetnsEngine } from '../engine/netns.ts'
import { PaperEngine } from '../engine/none.ts'
import { ControlPlane } from '../plane/control-plane.ts'
import { MemoryStore } from '../store/memory-store.ts'
import { SqliteStore } from '../store/sqlite-store.ts'
import type { Store } from '../store/store.ts'
import { instanceToken } from './auth.ts'
import { buildServer } from './http.ts'

/** What the server prints once it serves. */
export interface ServerReady {
  readonly ready: true
  readonly url: string
}

/** The subscription of every ephemeral server, so that the same question gets the same answer. */
const PAPER_SUBSCRIPTION = '00000000-0000-0000-0000-000000000000'

export async function serverMain(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      state: { type: 'string' },
      engine: { type: 'string', default: 'netns' },
      ephemeral: { type: 'boolean', default: false },
      port: { type: 'string' },
    },
  })
  if (values.state === undefined) throw new Error('@server needs --state')
  const paths = statePaths(values.state)
  const owner = openState(paths)
  const logger = pino(
    { level: 'info', redact: ['req.headers.authorization', 'token'] },
    pino.destination({ dest: path.join(paths.logs, 'server.log'), mkdir: true, mode: 0o600, sync: true }),
  )
  const fatal = (error: unknown): never => {
    logger.fatal({ err: error }, 'the server cannot go on')
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(70)
  }
  process.on('uncaughtException', fatal)
  process.on('unhandledRejection', fatal)

  const store: Store = values.ephemeral ? new MemoryStore() : openStore(paths)
  const engine = values.engine === 'none' ? new PaperEngine() : openNetns(paths, owner, logger)
  const plane = new ControlPlane({ store, engine, choices: randomChoices, limits: AZURE_LIMITS, onFatal: fatal })
  const subscriptionId = values.ephemeral ? PAPER_SUBSCRIPTION : ownSubscription(paths)
  const sealer = openSealer(path.join(paths.server, 'seal.key'))
  const deployer = new Deployer({ plane, sealer, subscriptionId })
  const token = instanceToken(paths.server)
  const trust = await openTrustRoot(path.join(paths.server, 'api'))

  const stop = (): void => {
    void server.close().then(() => {
      engine.close()
      store.close()
      process.exit(0)
    })
  }
  const context = { plane, deployer, subscriptionId, stop }
  const tls = { key: trust.server.key, cert: trust.server.certificate }
  const server = buildServer(context, { tls, token, logger })
  const port = values.port === undefined ? portOf(paths) : Number(values.port)
  try {
    await server.listen({ host: '127.0.0.1', port })
  } catch {
    // Somebody else took our port since the last run.
    await server.listen({ host: '127.0.0.1', port: 0 })
  }
  const url = `https://localhost:${(server.server.address() as AddressInfo).port}`
  writeConnection(paths.connection, { url, token, ca: trust.caFile, subscriptionId })
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  deployer.resume()
  const ready: ServerReady = { ready: true, url }
  process.stdout.write(`${JSON.stringify(ready)}\n`)
}

/** The database is the lock of the instance as well (docs/adr/0005). */
function openStore(paths: StatePaths): Store {
  try {
    return new SqliteStore(path.join(paths.server, 'hsmnet.db'))
  } catch (error) {
    const locked = error instanceof Error && /locked|busy/i.test(error.message)
    const words = locked ? `another server of ${paths.root} runs already` : String(error)
    process.stderr.write(`${words}\n`)
    process.exit(3)
  }
}

function openNetns(paths: StatePaths, owner: string, logger: Logger): Engine {
  const engine = new NetnsEngine({
    socket: paths.agentSocket,
    owner,
    startAgent: () => startAgent(paths),
    endInstance: () => endInstance(paths),
    onTrouble: trouble => logger.warn({ trouble }, 'agent'),
  })
  return engine
}

/** The port of the last run, so that what a client was told stays true; 0 the first time. */
function portOf(paths: StatePaths): number {
  const before = readConnection(paths.connection)
  return before === null ? 0 : Number(new URL(before.url).port)
}

function ownSubscription(paths: StatePaths): string {
  const file = path.join(paths.server, 'subscription')
  if (!existsSync(file)) writeFileAtomicSync(file, `${randomUUID()}\n`)
  return readFileSync(file, 'utf8').trim()
}
