/** The control socket of a host's PKCS#11 client: only who may enter its state directory reaches it. */
import { connect } from 'node:net'
import path from 'node:path'
import { readJsonLines, writeJsonLine } from '../base/process/json-lines.ts'
import type { ClientRequest } from '../machine/client/control.ts'
import { Failure } from './failure.ts'
import type { FoundHost } from './host-place.ts'

/** Asks the client of a host; its refusal becomes a failure. */
export function askClient({ id, place }: FoundHost, request: ClientRequest): Promise<Record<string, unknown>> {
  if (place.client === null) {
    throw new Failure({
      code: 'HostHasNoClient',
      message: `No HA group names ${id}, so no PKCS#11 client runs beside its programs.`,
      remedy: 'Deploy an Hsmnet.Local/haGroups resource that names the host and the HSM.',
    })
  }
  const socket = connect(path.join(place.client, 'control.sock'))
  return new Promise((resolve, reject) => {
    const fail = (message: string) =>
      reject(
        new Failure({ code: 'ClientFailed', message: `The client of ${id}: ${message}`, remedy: 'See hsmnet status.' }),
      )
    socket.once('error', error => fail(error.message))
    readJsonLines(socket, {
      onValue: value => {
        socket.end()
        const answer = value as Record<string, unknown>
        const error = answer.error as { readonly message?: string } | undefined
        if (error) fail(String(error.message))
        else resolve(answer)
      },
      onEnd: () => fail('it closed the connection'),
    })
    writeJsonLine(socket, request)
  })
}
