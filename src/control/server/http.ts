/** The HTTPS server: authentication, ARM's headers and errors, and the routes. What each route does is in its file. */
import { randomUUID } from 'node:crypto'
import Fastify, { type FastifyInstance, type FastifyRequest, LogController } from 'fastify'
import type { Logger } from 'pino'
import { unreadableContent } from '../../base/template/findings.ts'
import type { Deployer } from '../deployments/deployer.ts'
import type { ControlPlane } from '../plane/control-plane.ts'
import { tokenTrouble } from './auth.ts'
import {
  authenticationFailed,
  internalError,
  invalidApiVersion,
  missingApiVersion,
  pathNotFound,
  requestTooLarge,
  subscriptionNotFound,
} from './findings.ts'
import { parseBody } from './parse-body.ts'
import { sendFindings } from './reply.ts'
import { deploymentRoutes } from './routes/deployments.ts'
import { operationRoutes } from './routes/operations.ts'
import { groupRoutes } from './routes/resource-groups.ts'
import { resourceRoutes } from './routes/resources.ts'
import { subscriptionRoutes } from './routes/subscriptions.ts'
import { verbRoutes } from './verbs/verbs.ts'

/** ARM takes templates of 4 MiB. */
const BODY_LIMIT = 4 * 1024 * 1024

export interface ServerContext {
  readonly plane: ControlPlane
  readonly deployer: Deployer
  readonly subscriptionId: string
  /** Ends the process once the answer is sent: what `down` asks for. */
  readonly stop: () => void
}

export interface HttpOptions {
  /** Null where no socket is listened on. */
  readonly tls: { readonly key: string; readonly cert: string } | null
  readonly token: string
  readonly logger: Logger
}

export function buildServer(context: ServerContext, { tls, token, logger }: HttpOptions): FastifyInstance {
  const server = Fastify({
    https: tls && { key: tls.key, cert: tls.cert, minVersion: 'TLSv1.2' },
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    exposeHeadRoutes: false,
    bodyLimit: BODY_LIMIT,
    // A client that never ends its request must not keep the server from ending.
    requestTimeout: 60_000,
    forceCloseConnections: true,
    frameworkErrors: (_error, request, reply) => {
      const { method, url } = request
      sendFindings(reply, [pathNotFound(url, { method, path: url })])
    },
    genReqId: () => randomUUID(),
    // Clients write ids in any case, with empty segments and a '/' at the end (arm-protocol 1.4).
    routerOptions: {
      caseSensitive: false,
      ignoreDuplicateSlashes: true,
      ignoreTrailingSlash: true,
      maxParamLength: 1000,
    },
  }) as unknown as FastifyInstance

  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_LIMIT }, (_request, text, done) => {
    const parsed = parseBody(String(text))
    if (parsed.ok) done(null, parsed.value)
    else done(new MalformedBody(parsed.reason))
  })

  server.addHook('onRequest', async (request, reply) => {
    setHeaders(request, reply)
    // A slash inside a name would name another resource once it is decoded.
    if (/%2f/i.test(request.url)) {
      return sendFindings(reply, [pathNotFound(request.url, { method: request.method, path: request.url })])
    }
    const trouble = tokenTrouble(request.headers.authorization, token)
    if (trouble !== null) {
      reply.header('WWW-Authenticate', 'Bearer')
      return sendFindings(reply, [authenticationFailed(request.url, { reason: trouble })])
    }
    const version = apiVersion(request)
    if (version === undefined) return sendFindings(reply, [missingApiVersion(request.url, {})])
    if (!/^\d{4}-\d{2}-\d{2}(-preview)?$/.test(version)) {
      return sendFindings(reply, [invalidApiVersion(request.url, { version })])
    }
    // One subscription an instance; every path below one names it `:s`.
    const { s: subscription } = request.params as { s?: string }
    if (subscription !== undefined && subscription.toLowerCase() !== context.subscriptionId.toLowerCase()) {
      return sendFindings(reply, [subscriptionNotFound(request.url, { subscription })])
    }
  })

  server.setErrorHandler((error: Error & { code?: string; statusCode?: number }, request, reply) => {
    if (error instanceof MalformedBody) {
      return sendFindings(reply, [unreadableContent(request.url, { reason: error.message })])
    }
    if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
      return sendFindings(reply, [requestTooLarge(request.url, { limit: BODY_LIMIT })])
    }
    if (error.statusCode !== undefined && error.statusCode < 500) {
      return sendFindings(reply, [unreadableContent(request.url, { reason: error.message })])
    }
    logger.error({ request: request.id, err: error }, 'request failed')
    return sendFindings(reply, [internalError(request.url, { request: request.id })])
  })
  server.setNotFoundHandler((request, reply) =>
    sendFindings(reply, [pathNotFound(request.url, { method: request.method, path: request.url.split('?')[0] ?? '' })]),
  )

  for (const routes of [
    subscriptionRoutes,
    groupRoutes,
    deploymentRoutes,
    operationRoutes,
    verbRoutes,
    resourceRoutes,
  ]) {
    routes(server, context)
  }
  return server
}

class MalformedBody extends Error {}

function apiVersion(request: FastifyRequest): string | undefined {
  const version = (request.query as Record<string, unknown>)['api-version']
  return typeof version === 'string' && version !== '' ? version : undefined
}

/** Headers that every answer of ARM has (arm-protocol 4, Conventions). */
function setHeaders(request: FastifyRequest, reply: { headers(values: Record<string, string>): unknown }): void {
  const correlation = request.headers['x-ms-correlation-request-id']
  const client = request.headers['x-ms-client-request-id']
  const echo = request.headers['x-ms-return-client-request-id'] === 'true' && typeof client === 'string'
  reply.headers({
    'x-ms-request-id': request.id,
    'x-ms-correlation-request-id': typeof correlation === 'string' ? correlation : request.id,
    'x-ms-routing-request-id': `HSMNET:${request.id}`,
    'Cache-Control': 'no-cache',
    Pragma: 'no-cache',
    'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
    'X-Content-Type-Options': 'nosniff',
    ...(echo ? { 'x-ms-client-request-id': client } : {}),
  })
}
