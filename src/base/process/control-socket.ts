/**
 * The control socket of a daemon: a unix socket (0600) in its own 0700 directory, JSON lines, one answer a request, in
 * order. What the daemon says of itself it says here.
 */
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { readJsonLines, writeJsonLine } from './json-lines.ts'

/** What a request that cannot be done is answered with. */
export interface ControlError {
  readonly error: { readonly code: string; readonly message: string }
}

export function controlError(code: string, message: string): ControlError {
  return { error: { code, message } }
}

/** Listens in place of any socket left by a process before. `answer` must not reject; if it does, that is a bug, said so. */
export async function listenControl(file: string, answer: (request: unknown) => Promise<unknown>): Promise<Server> {
  const server = createServer(socket => serve(socket, answer))
  await listenUnix(server, file, 0o600)
  return server
}

/** Makes a unix socket at `file` with that mode, in place of one that was left there. */
export async function listenUnix(server: Server, file: string, mode: number): Promise<void> {
  rmSync(file, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(file, () => {
      server.off('error', reject)
      resolve()
    })
  })
  chmodSync(file, mode)
}

function serve(socket: Socket, answer: (request: unknown) => Promise<unknown>): void {
  let last: Promise<void> = Promise.resolve()
  readJsonLines(socket, {
    onValue: request => {
      last = last
        .then(() => answer(request))
        .catch(error => controlError('InternalError', String(error)))
        .then(value => writeJsonLine(socket, value))
    },
  })
}
