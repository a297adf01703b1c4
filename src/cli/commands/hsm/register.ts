/**
 * hsmnet hsm register NAME --from HOST: Luna's exchange of certificates (azure-facts H7). The device's certificate goes
 * from its console straight to the host's client; the control plane never sees it (docs/adr/0006).
 */
import { z } from 'zod'
import { askClient } from '../../client-control.ts'
import { atConsole } from '../../device-console.ts'
import { Failure } from '../../failure.ts'
import { findHost } from '../../host-place.ts'
import { findHsm } from '../../hsm-resource.ts'
import { print, printJson } from '../../output.ts'
import { readSecret } from '../../secret.ts'
import { needServer } from '../../server-process.ts'

export interface RegisterOptions {
  readonly from: string
  readonly adminPassword?: string
  readonly partition: string
  readonly poPassword?: string
  readonly coPin?: string
  readonly initialise: boolean
  readonly json: boolean
}

const identity = z.object({ certificate: z.string() })

export async function register(name: string, options: RegisterOptions): Promise<void> {
  const server = await needServer()
  const hsm = await findHsm(server, name)
  const host = await findHost(server, options.from)
  server.close()
  const { certificate } = identity.parse(await askClient(host, { op: 'identity' }))
  const password = await readSecret("tenantadmin's password", '--admin-password', options.adminPassword)
  const pins = options.initialise
    ? {
        soPin: await readSecret("partition security officer's password", '--po-password', options.poPassword),
        coPin: await readSecret("crypto officer's PIN", '--co-pin', options.coPin),
      }
    : null
  const { serverCertificate } = await atConsole(host, hsm, {
    kind: 'register',
    password,
    clientName: host.place.hostname,
    certificate,
    // By address, so that the device's check of the client's address means something (azure-facts H7.5).
    hostname: host.address ?? host.place.hostname,
    partition: options.partition,
  })
  if (serverCertificate === undefined) {
    throw new Failure({ code: 'ConsoleFailed', message: `${hsm.name} gave no certificate.`, remedy: 'Try again.' })
  }
  const id = hsm.id.toLowerCase()
  await askClient(host, { op: 'trust', hsm: id, certificate: serverCertificate })
  if (pins) await askClient(host, { op: 'initPartition', hsm: id, label: options.partition, ...pins })
  if (options.json)
    printJson({ hsm: hsm.id, host: host.id, partition: options.partition, initialised: options.initialise })
  else print(`${host.place.hostname} is registered with ${hsm.name} and uses the partition '${options.partition}'.`)
}
