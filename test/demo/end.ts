/** How an HSM is given back: refused while it holds keys, zeroized, deleted (azure-facts A9). */
import path from 'node:path'
import { readConnection } from '../../src/base/process/connection.ts'
import { ArmClient } from '../../src/cli/arm-client.ts'
import type { Instance } from '../support/hsmnet.ts'
import { until } from '../support/machine.ts'
import { check } from './report.ts'
import { SECRETS } from './signing.ts'

export async function endOfHsms(instance: Instance): Promise<void> {
  const connection = readConnection(path.join(instance.state, 'connection.json'))
  if (!connection) throw new Error('there is no connection.json')
  const client = new ArmClient(connection)
  const group = `${client.subscription}/resourceGroups/hsmnet`
  const urlOf = (hsm: string) => `${group}/providers/Microsoft.HardwareSecurityModules/dedicatedHSMs/${hsm}`

  // What is ours goes first: a group that names an HSM holds it.
  for (const name of ['signing-1', 'signing-2'])
    await client.send('DELETE', `${group}/providers/Hsmnet.Local/haGroups/${name}`)
  await refused(client, urlOf('hsm1'), 'HsmNotZeroized', 'deleting an initialised HSM')
  await refused(client, group, 'ResourceGroupHoldsLiveHsms', 'deleting its resource group')
  const purge = await instance.run(['down', '--purge'])
  check('refused: down --purge while HSMs hold keys', purge.code === 3 && purge.stderr.includes('LiveHsmsNotNamed'))

  for (const hsm of ['hsm1', 'hsm2']) {
    const zeroize = await instance.run([
      ...['hsm', 'zeroize', hsm, '--from', 'vm1'],
      ...['--admin-password', instance.secret('admin', SECRETS.admin)],
    ])
    check(
      `hsmnet hsm zeroize ${hsm} --from vm1 (three wrong logins)`,
      zeroize.code === 0,
      (zeroize.stdout + zeroize.stderr).trim(),
    )
    const deleted = await client.call('DELETE', urlOf(hsm))
    const location = String(deleted.headers.location)
    const gone = await until(async () => (await client.call('GET', location)).status === 204)
    check(`${hsm} is deleted`, deleted.status === 202 && gone && (await client.call('GET', urlOf(hsm))).status === 404)
  }
  client.close()
}

async function refused(client: ArmClient, url: string, code: string, what: string): Promise<void> {
  const answer = await client.call('DELETE', url)
  const { error } = answer.body as { error?: { code: string; message: string } }
  check(`refused: ${what}`, answer.status === 409 && error?.code === code, error?.message ?? '')
}
