/** hsmnet hsm init NAME --from HOST: the acts of azure-facts A7.11 and Luna's `hsm init`, `partition create`. */
import { atConsole } from '../../device-console.ts'
import { findHost } from '../../host-place.ts'
import { findHsm } from '../../hsm-resource.ts'
import { print, printJson } from '../../output.ts'
import { readSecret } from '../../secret.ts'
import { needServer } from '../../server-process.ts'

export interface InitOptions {
  readonly from: string
  readonly adminPassword?: string
  readonly newAdminPassword?: string
  readonly soPassword?: string
  readonly domain?: string
  readonly label?: string
  readonly partition: string
  readonly json: boolean
}

export async function init(name: string, options: InitOptions): Promise<void> {
  const client = await needServer()
  const hsm = await findHsm(client, name)
  const host = await findHost(client, options.from)
  client.close()
  const password = await readSecret("tenantadmin's password", '--admin-password', options.adminPassword)
  const changed = options.newAdminPassword
  const newPassword = changed === undefined ? null : await readSecret('new password', '--new-admin-password', changed)
  const { outputs } = await atConsole(host, hsm, {
    kind: 'init',
    password,
    ...(newPassword === null ? {} : { newPassword }),
    soPassword: await readSecret("security officer's password", '--so-password', options.soPassword),
    domain: await readSecret('cloning domain', '--domain', options.domain),
    label: options.label ?? hsm.name,
    partition: options.partition,
  })
  if (options.json) printJson({ hsm: hsm.id, label: options.label ?? hsm.name, partition: options.partition, outputs })
  else print(`${hsm.name} is initialised as '${options.label ?? hsm.name}', with the partition '${options.partition}'.`)
}
