/** How answers are sent: the ARM headers, error bodies, long-running operations (arm-protocol 1.5, 3.4, 4). */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Finding } from '../../base/findings/finding.ts'
import type { Operation } from '../plane/operations.ts'
import { errorBody } from '../view/error-body.ts'

/** Seconds between polls that we ask clients for; without it az waits 30 (arm-protocol 1.5). */
const RETRY_AFTER = '1'
const OPERATIONS_VERSION = '2024-03-01'

export function sendFindings(reply: FastifyReply, findings: readonly Finding[]): FastifyReply {
  const { status, body } = errorBody(findings)
  return reply.code(status).header('x-ms-failure-cause', 'gateway').send(body)
}

/** The URL that answers for an operation. */
export function operationUrl(
  request: FastifyRequest,
  operation: Operation,
  kind: 'operations' | 'operationResults',
): string {
  const [, , subscription] = operation.resource.split('/')
  const namespace = operation.type.split('/')[0]
  const location = `/subscriptions/${subscription}/providers/${namespace}/locations/global/${kind}/${operation.id}`
  return `${originOf(request)}${location}?api-version=${OPERATIONS_VERSION}`
}

/** Marks an answer as the beginning of an operation that is polled at its own URL. */
export function withAsyncOperation(request: FastifyRequest, reply: FastifyReply, operation: Operation): FastifyReply {
  return reply
    .header('Azure-AsyncOperation', operationUrl(request, operation, 'operations'))
    .header('Azure-AsyncNotification', 'Enabled')
    .header('Retry-After', RETRY_AFTER)
}

/** Marks an answer as the beginning of an operation whose result is polled. */
export function withLocation(request: FastifyRequest, reply: FastifyReply, operation: Operation): FastifyReply {
  return reply
    .header('Location', operationUrl(request, operation, 'operationResults'))
    .header('Retry-After', RETRY_AFTER)
}

export function retryLater(reply: FastifyReply): FastifyReply {
  return reply.header('Retry-After', RETRY_AFTER)
}

export function originOf(request: FastifyRequest): string {
  return `https://${request.headers.host ?? 'localhost'}`
}
