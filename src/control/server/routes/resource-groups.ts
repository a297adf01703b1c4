/** Resource groups: synchronous, but for DELETE, which takes all that is inside with it or refuses. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { refuses } from '../../../base/findings/finding.ts'
import { resourceGroupNotFound } from '../../../model/findings/request.ts'
import { groupId, parseResourceId, type ResourceId } from '../../../model/resources/resource-id.ts'
import { view } from '../../view/view.ts'
import type { ServerContext } from '../http.ts'
import { operationUrl, retryLater, sendFindings } from '../reply.ts'

type Params = { Params: { s: string; g: string } }
const TYPE = 'Microsoft.Resources/resourceGroups'

export function groupRoutes(server: FastifyInstance, context: ServerContext): void {
  const { plane, deployer } = context
  const path = '/subscriptions/:s/resourceGroups/:g'

  server.put<Params>(path, async (request, reply) => {
    const id = idOf(request.params)
    const submitted = await plane.submit({ kind: 'put', id, body: bodyOf(request.body) })
    if (refuses(submitted.findings) || !submitted.document) return sendFindings(reply, submitted.findings)
    return reply.code(submitted.created ? 201 : 200).send(view(submitted.document, plane.viewed))
  })

  server.get<Params>(path, async (request, reply) => {
    await plane.durable()
    const id = idOf(request.params)
    const document = plane.world.documents.get(TYPE, id.key)
    return document ? view(document, plane.viewed) : missing(reply, id)
  })

  server.head<Params>(path, async (request, reply) => {
    await plane.durable()
    return reply.code(plane.world.documents.get(TYPE, idOf(request.params).key) ? 204 : 404).send()
  })

  server.patch<Params>(path, async (request, reply) => {
    const id = idOf(request.params)
    const present = plane.world.documents.get(TYPE, id.key)
    if (!present) return missing(reply, id)
    // What a PATCH leaves out stays.
    const body = { location: present.location, tags: present.tags, ...bodyOf(request.body) }
    const submitted = await plane.submit({ kind: 'put', id, body })
    if (refuses(submitted.findings) || !submitted.document) return sendFindings(reply, submitted.findings)
    return view(submitted.document, plane.viewed)
  })

  server.delete<Params>(path, async (request, reply) => {
    const id = idOf(request.params)
    if (!plane.world.documents.get(TYPE, id.key)) return missing(reply, id)
    const submitted = await plane.submit({ kind: 'delete', id }, () => deployer.forgetGroup(id.key))
    if (refuses(submitted.findings) || !submitted.operation) return sendFindings(reply, submitted.findings)
    return retryLater(reply)
      .code(202)
      .header('Location', operationUrl(request, submitted.operation, 'operationResults'))
      .send()
  })

  server.get<{ Params: { s: string } }>('/subscriptions/:s/resourceGroups', async (_request, _reply) => {
    await plane.durable()
    return { value: [...plane.world.documents.ofType(TYPE).values()].map(document => view(document, plane.viewed)) }
  })
}

function idOf({ s, g }: Params['Params']): ResourceId {
  const id = parseResourceId(groupId(s, g))
  if (!id.ok) throw new Error(`the path of a group does not parse: ${id.reason}`)
  return id.value
}

function bodyOf(body: unknown): object {
  return typeof body === 'object' && body !== null ? body : {}
}

function missing(reply: FastifyReply, id: ResourceId): FastifyReply {
  return sendFindings(reply, [resourceGroupNotFound(id.text, { group: id.name })])
}
