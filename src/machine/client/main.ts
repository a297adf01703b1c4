/** Wires the client: the daemon beside the applications of one host. `hsmnet @client --state DIR`. */
import { chmodSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { listenControl, listenUnix } from '../../base/process/control-socket.ts'
import { sayReady, stopOnSignals } from '../../base/process/daemon.ts'
import { Client } from './client.ts'
import { answerControl } from './control.ts'

/** As many as a device takes connections (azure-facts H7.6): each application has one to its slot's member. */
const MOST_APPLICATIONS = 800

export async function clientMain(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { state: { type: 'string' } } })
  if (values.state === undefined) throw new Error('--state DIR is missing')
  process.umask(0o077)
  const directory = path.resolve(values.state)
  const client = new Client(directory)

  const control = await listenControl(path.join(directory, 'control.sock'), request => answerControl(client, request))
  // The host's programs come through this directory alone, under uids of their own; the state around it is 0700.
  const run = path.join(directory, 'run')
  mkdirSync(run, { recursive: true })
  chmodSync(run, 0o755)
  const applications = createServer(socket => client.serve(socket))
  applications.maxConnections = MOST_APPLICATIONS
  await listenUnix(applications, path.join(run, 'pkcs11.sock'), 0o666)

  stopOnSignals(() => {
    control.close()
    applications.close()
  })
  sayReady()
}
