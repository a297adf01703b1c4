/** What clients poll: `operations` tells the state, `operationResults` is 202 until it is done (arm-protocol 1.5, 3.4). */
import type { FastifyInstance } from 'fastify'
import { errorBody } from '../../view/error-body.ts'
import { operationNotFound, realiseFailed } from '../findings.ts'
import type { ServerContext } from '../http.ts'
import { operationUrl, retryLater, sendFindings } from '../reply.ts'

type Params = { Params: { s: string; id: string } }

export function operationRoutes(server: FastifyInstance, { plane }: ServerContext): void {
  const at = '/subscriptions/:s/providers/:namespace/locations/:location'
  server.get<Params>(`${at}/operations/:id`, async (request, reply) => {
    await plane.durable()
    const operation = plane.operation(request.params.id)
    if (!operation) return sendFindings(reply, [operationNotFound(request.url, { id: request.params.id })])
    const state = plane.operationState(operation)
    if (state.status === 'InProgress') return retryLater(reply).send({ status: state.status })
    if (state.status !== 'Failed') return { status: state.status }
    const failure = realiseFailed(operation.resource, { message: state.message })
    return { status: state.status, error: errorBody([failure]).body.error }
  })
  server.get<Params>(`${at}/operationResults/:id`, async (request, reply) => {
    await plane.durable()
    const operation = plane.operation(request.params.id)
    if (!operation) return sendFindings(reply, [operationNotFound(request.url, { id: request.params.id })])
    const state = plane.operationState(operation)
    switch (state.status) {
      case 'InProgress':
        return retryLater(reply)
          .code(202)
          .header('Location', operationUrl(request, operation, 'operationResults'))
          .send()
      case 'Failed':
        return sendFindings(reply, [realiseFailed(operation.resource, { message: state.message })])
      case 'Succeeded':
      case 'Canceled':
        return reply.code(operation.kind === 'delete' ? 204 : 200).send()
      default:
        return state satisfies never
    }
  })
}
