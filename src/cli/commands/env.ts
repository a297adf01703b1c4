/** hsmnet env: what az, SDKs and Terraform need to find this server. */
import { readConnection } from '../../base/process/connection.ts'
import { statePaths, stateRoot } from '../../base/process/state.ts'
import { Failure } from '../failure.ts'
import { print, printJson } from '../output.ts'

export function env({ json }: { readonly json: boolean }): void {
  const root = stateRoot()
  const connection = readConnection(statePaths(root).connection)
  if (!connection) {
    throw new Failure({
      code: 'NoConnection',
      message: `No server ever ran in ${root}.`,
      remedy: 'Start one: hsmnet serve --detach.',
    })
  }
  const variables = {
    HSMNET_STATE: root,
    HSMNET_URL: connection.url,
    ARM_SUBSCRIPTION_ID: connection.subscriptionId,
    ARM_METADATA_HOSTNAME: new URL(connection.url).host,
    NODE_EXTRA_CA_CERTS: connection.ca,
    REQUESTS_CA_BUNDLE: connection.ca,
    SSL_CERT_FILE: connection.ca,
  }
  if (json) printJson(variables)
  else for (const [name, value] of Object.entries(variables)) print(`export ${name}=${quoted(value)}`)
}

/** For `eval`: single quotes keep everything but themselves. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
