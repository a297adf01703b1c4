/** Finds the server of a state directory, or starts one. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { readConnection } from '../base/process/connection.ts'
import { mainFile } from '../base/process/entry.ts'
import { isAlive } from '../base/process/proc.ts'
import { LONGEST_ROOT, openState, readOwner, type StatePaths, statePaths, stateRoot } from '../base/process/state.ts'
import { ArmClient } from './arm-client.ts'
import { Failure } from './failure.ts'

/** A client of the running server; null where none answers. */
export async function findServer(): Promise<ArmClient | null> {
  const connection = readConnection(statePaths(stateRoot()).connection)
  if (connection === null || !existsSync(connection.ca)) return null
  const client = new ArmClient(connection)
  try {
    await client.send('GET', client.subscription)
    return client
  } catch {
    client.close()
    return null
  }
}

/** A client of the running server; a failure with its remedy where none answers. */
export async function needServer(): Promise<ArmClient> {
  const client = await findServer()
  if (client) return client
  throw new Failure({
    code: 'ServerNotRunning',
    message: `No server answers for ${stateRoot()}.`,
    remedy: 'Start it: hsmnet serve --detach, or hsmnet up TEMPLATE.',
  })
}

/** A client of the server, which is started in the background where none answers. */
export async function ensureServer(): Promise<ArmClient> {
  const found = await findServer()
  if (found) return found
  const root = stateRoot()
  openState(statePaths(root))
  await startServer(root, [], true)
  return needServer()
}

/**
 * Asks one question of a server that lives as long as the question: memory store, no engine, a state directory of its
 * own that is removed afterwards.
 */
export async function withEphemeralServer<T>(ask: (client: ArmClient) => Promise<T>): Promise<T> {
  const root = mkdtempSync(path.join(tmpdir(), 'hsmnet-plan-'))
  try {
    openState(statePaths(root))
    const end = await startServer(root, ['--ephemeral', '--engine', 'none'], false)
    const connection = readConnection(statePaths(root).connection)
    if (!connection) throw new Error('the ephemeral server left no connection.json')
    const client = new ArmClient(connection)
    try {
      return await ask(client)
    } finally {
      client.close()
      // It writes to its directory until it has ended.
      await end()
    }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** Starts a server and waits for its ready line; answers how to end it and wait for its end. */
export function startServer(root: string, more: readonly string[], detached: boolean): Promise<() => Promise<void>> {
  const paths = statePaths(root)
  if (Buffer.byteLength(root) > LONGEST_ROOT) {
    throw new Failure({
      code: 'StateDirectoryPathTooLong',
      message: `The path ${root} is too long: unix sockets below it could not be made.`,
      remedy: `Set HSMNET_STATE to a path of at most ${LONGEST_ROOT} bytes.`,
    })
  }
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [mainFile(), '@server', '--state', root, ...more], {
      detached,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_COMPILE_CACHE: compileCache(paths) },
    })
    const ended = new Promise<void>(done => child.once('close', () => done()))
    let said = ''
    let wrong = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk
      if (!said.includes('\n')) return
      // Nobody reads its pipes from here on; what it has to say goes to its log.
      child.stdout.destroy()
      child.stderr.destroy()
      if (detached) child.unref()
      resolve(() => {
        child.kill('SIGTERM')
        return ended
      })
    })
    child.stderr.on('data', (chunk: Buffer) => {
      wrong += chunk
    })
    child.on('close', code => {
      reject(
        new Failure({
          code: 'ServerDidNotStart',
          message: `The server ended with code ${code} before it was ready. ${wrong.trim().split('\n').at(-1) ?? ''}`,
          remedy: `Read ${path.join(paths.logs, 'server.log')}; hsmnet doctor shows what this machine lacks.`,
        }),
      )
    })
  })
}

/**
 * Where compiled code is kept: of the instance whose user asks, also for an ephemeral server, whose own directory is
 * empty at each start. Never below /tmp for good, where others could put code.
 */
function compileCache(paths: StatePaths): string {
  const own = statePaths(stateRoot())
  return path.join(readOwner(own) === null ? paths.cache : own.cache, 'server')
}

/** Resolves once the process of the server has ended; until then it holds files of the state directory. */
export async function serverGone(pid: number, start: string): Promise<void> {
  for (const end = Date.now() + 10_000; Date.now() < end; ) {
    if (!isAlive(pid, start)) return
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  throw new Failure({
    code: 'ServerDidNotEnd',
    message: `The server, process ${pid}, goes on although it was asked to end.`,
    remedy: `Read logs/server.log in ${stateRoot()}.`,
  })
}
