/** The HTTPS surface without a socket: the real server and store, an engine that builds on paper. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { openSealer } from '../../src/base/pki/sealing.ts'
import { countedChoices } from '../../src/control/admit/choices.ts'
import { Deployer } from '../../src/control/deployments/deployer.ts'
import { PaperEngine } from '../../src/control/engine/none.ts'
import { ControlPlane } from '../../src/control/plane/control-plane.ts'
import { buildServer } from '../../src/control/server/http.ts'
import { SqliteStore } from '../../src/control/store/sqlite-store.ts'
import { AZURE_LIMITS } from '../../src/model/rules/rule.ts'

export interface ApiAnswer {
  readonly status: number
  readonly headers: Record<string, unknown>
  // What comes back is looked into by tests, which fail where it is not there.
  readonly body: { readonly [name: string]: unknown } & { readonly error?: ApiError }
}
export interface ApiError {
  readonly code: string
  readonly message: string
  readonly target?: string
  readonly details: readonly { readonly code: string; readonly message: string; readonly target: string }[]
}

export class Api {
  readonly plane: ControlPlane
  readonly deployer: Deployer
  readonly engine: PaperEngine
  readonly #server
  readonly #directory: string

  /** `directory`: of an earlier server, to be its next life. */
  constructor(directory = mkdtempSync(path.join(tmpdir(), 'hsmnet-api-')), engine = new PaperEngine()) {
    this.#directory = directory
    this.engine = engine
    // The real store: it makes one batch of what comes in one turn, which a store in memory does not.
    const store = new SqliteStore(path.join(directory, 'hsmnet.db'))
    this.plane = new ControlPlane({ store, engine, choices: countedChoices(), limits: AZURE_LIMITS, onFatal: fail })
    const sealer = openSealer(path.join(this.#directory, 'seal.key'))
    const deployer = new Deployer({ plane: this.plane, sealer, subscriptionId: 's1' })
    const context = { plane: this.plane, deployer, subscriptionId: 's1', stop: () => {} }
    this.deployer = deployer
    const logger = pino({ level: 'silent' })
    this.#server = buildServer(context, { tls: null, token: 'token', logger })
  }

  /** `body` as text is sent as it is. */
  async call(method: string, url: string, body?: unknown, headers: Record<string, string> = {}): Promise<ApiAnswer> {
    const answer = await this.#server.inject({
      method: method as 'GET',
      url: url.includes('?') ? url : `${url}?api-version=2024-03-01`,
      headers: { authorization: 'Bearer token', 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: answer.body === '' ? {} : JSON.parse(answer.body),
    }
  }

  /** Deploys a template and waits for its end. */
  async deploy(template: unknown, parameters: object = {}, name = 'd'): Promise<ApiAnswer> {
    const url = `/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Resources/deployments/${name}`
    const text = typeof template === 'string' ? template : JSON.stringify(template)
    const body = `{"properties":{"mode":"Incremental","parameters":${JSON.stringify(parameters)},template:${text}}}`
    const put = await this.call('PUT', url, body)
    if (put.status >= 400) return put
    for (;;) {
      const got = await this.call('GET', url)
      const { provisioningState } = got.body.properties as { provisioningState: string }
      if (provisioningState !== 'Running') return got
      await new Promise(resolve => setImmediate(resolve))
    }
  }

  /** Ends this server as a kill does, and answers its directory for the next. */
  async die(): Promise<string> {
    this.deployer.stop()
    await this.#server.close()
    this.plane.engine.close()
    this.plane.store.close()
    return this.#directory
  }

  async close(): Promise<void> {
    rmSync(await this.die(), { recursive: true, force: true })
  }
}

export function templateOf(resources: readonly unknown[]): object {
  return {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    resources,
  }
}

function fail(error: unknown): never {
  throw error
}
