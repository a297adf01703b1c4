/** hsmnet exec HOST -- COMMAND…: the server says where the host is, then this process becomes the program there. */
import { enterHost } from '../../machine/agent/enter.ts'
import { EXIT } from '../exit-codes.ts'
import { Failure } from '../failure.ts'
import { findHost } from '../host-place.ts'
import { needServer } from '../server-process.ts'

export async function exec(host: string, given: readonly string[]): Promise<void> {
  // What follows the host is passed through as it is, the `--` included.
  const command = given[0] === '--' ? given.slice(1) : given
  if (command.length === 0) {
    throw new Failure(
      { code: 'NoCommand', message: 'There is no command.', remedy: 'hsmnet exec HOST -- COMMAND…' },
      EXIT.usage,
    )
  }
  const client = await needServer()
  const { place } = await findHost(client, host)
  client.close()
  const tty = process.stdin.isTTY === true && process.stdout.isTTY === true
  const { program, args } = enterHost(place, command, { tty })
  process.execve?.(program, [program, ...args], stringsOf(process.env))
}

function stringsOf(env: NodeJS.ProcessEnv): { [name: string]: string } {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
