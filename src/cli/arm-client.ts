/** The CLI's way to a server: HTTPS with the instance's own trust root, like every other client of ARM. */
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import type { Connection } from '../base/process/connection.ts'
import { Failure, failureOf } from './failure.ts'

export interface Answer {
  readonly status: number
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined }
  readonly body: unknown
}

const API_VERSION = '2024-03-01'

export class ArmClient {
  readonly subscription: string
  readonly #connection: Connection
  readonly #agent: Agent

  constructor(connection: Connection) {
    this.#connection = connection
    this.#agent = new Agent({ keepAlive: true, ca: readFileSync(connection.ca) })
    this.subscription = `/subscriptions/${connection.subscriptionId}`
  }

  /** Any answer. `body` is sent as JSON; text is sent as it is, for templates that are not quite JSON. */
  call(method: string, path: string, body?: unknown): Promise<Answer> {
    const url = new URL(path, this.#connection.url)
    if (!url.searchParams.has('api-version')) url.searchParams.set('api-version', API_VERSION)
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    return new Promise((resolve, reject) => {
      const sent = request(
        url,
        {
          method,
          agent: this.#agent,
          headers: {
            authorization: `Bearer ${this.#connection.token}`,
            ...(text === undefined
              ? {}
              : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          },
        },
        response => {
          const chunks: Buffer[] = []
          response.on('data', chunk => chunks.push(chunk))
          response.on('error', reject)
          response.on('end', () => {
            const content = Buffer.concat(chunks).toString('utf8')
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: content === '' ? undefined : JSON.parse(content),
            })
          })
        },
      )
      sent.on('error', error =>
        reject(
          new Failure({
            code: 'ServerUnreachable',
            message: `The server at ${this.#connection.url} does not answer: ${error.message}.`,
            remedy: 'Start it: hsmnet serve --detach, or hsmnet up TEMPLATE.',
          }),
        ),
      )
      sent.end(text)
    })
  }

  /** The body of a successful answer; an ARM error becomes a failure. */
  async send(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await this.call(method, path, body)
    if (answer.status >= 400) throw failureOf(answer.status, answer.body)
    return answer.body
  }

  /** One of our own verbs. */
  verb(name: string, body: unknown = {}): Promise<unknown> {
    return this.send('POST', `${this.subscription}/providers/Hsmnet.Local/${name}`, body)
  }

  /** Lets the process end. */
  close(): void {
    this.#agent.destroy()
  }
}
