/** hsmnet hsm zeroize NAME --from HOST: every key of the device is destroyed (azure-facts A9). */
import { atConsole } from '../../device-console.ts'
import { findHost } from '../../host-place.ts'
import { findHsm } from '../../hsm-resource.ts'
import { print, printJson } from '../../output.ts'
import { readSecret } from '../../secret.ts'
import { needServer } from '../../server-process.ts'

export interface ZeroizeOptions {
  readonly from: string
  readonly adminPassword?: string
  readonly soPassword?: string
  readonly json: boolean
}

export async function zeroize(name: string, { from, adminPassword, soPassword, json }: ZeroizeOptions): Promise<void> {
  const client = await needServer()
  const hsm = await findHsm(client, name)
  const host = await findHost(client, from)
  client.close()
  const password = await readSecret("tenantadmin's password", '--admin-password', adminPassword)
  const officer =
    soPassword === undefined
      ? {}
      : { soPassword: await readSecret("security officer's password", '--so-password', soPassword) }
  const { outputs } = await atConsole(host, hsm, { kind: 'zeroize', password, ...officer })
  if (json) printJson({ hsm: hsm.id, zeroized: true, outputs })
  else print(`${hsm.name} is zeroized: every key it held is destroyed.`)
}
