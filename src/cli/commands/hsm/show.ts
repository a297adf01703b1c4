/** hsmnet hsm show NAME */
import { atConsole } from '../../device-console.ts'
import { findHost } from '../../host-place.ts'
import { findHsm } from '../../hsm-resource.ts'
import { print, printJson } from '../../output.ts'
import { readSecret } from '../../secret.ts'
import { needServer } from '../../server-process.ts'

export interface ShowOptions {
  readonly from?: string
  readonly adminPassword?: string
  readonly json: boolean
}

export async function show(name: string, { from, adminPassword, json }: ShowOptions): Promise<void> {
  const client = await needServer()
  const hsm = await findHsm(client, name)
  if (from === undefined) {
    client.close()
    if (json) printJson(hsm)
    else for (const [member, value] of Object.entries(hsm)) print(`${member.padEnd(14)} ${textOf(value)}`)
    return
  }
  const host = await findHost(client, from)
  client.close()
  const password = await readSecret("tenantadmin's password", '--admin-password', adminPassword)
  const { outputs } = await atConsole(host, hsm, { kind: 'show', password })
  if (json) printJson({ ...hsm, show: outputs[0] })
  else print(outputs.join('\n'))
}

function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '-')
}
