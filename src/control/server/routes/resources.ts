/** Every other resource: one handler for all types, because what differs between them is data in the registry. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { refuses } from '../../../base/findings/finding.ts'
import {
  invalidRequestFormat,
  invalidResourceType,
  linkedInvalidPropertyId,
  preconditionFailed,
} from '../../../model/findings/request.ts'
import type { Document } from '../../../model/resources/document.ts'
import { findResourceType, resourceTypes } from '../../../model/resources/registry.ts'
import { parentKeyOf, parseResourceId, type ResourceId } from '../../../model/resources/resource-id.ts'
import type { ResourceType } from '../../../model/resources/resource-type.ts'
import { tags as tagsSchema } from '../../../model/resources/shapes.ts'
import { notFound } from '../../admit/admit.ts'
import { etagOf, view } from '../../view/view.ts'
import { methodNotAllowed } from '../findings.ts'
import type { ServerContext } from '../http.ts'
import { sendFindings, withAsyncOperation, withLocation } from '../reply.ts'

type Request = FastifyRequest<{ Params: { s: string; g?: string; '*': string } }>

export function resourceRoutes(server: FastifyInstance, context: ServerContext): void {
  const inGroup = '/subscriptions/:s/resourceGroups/:g/providers/*'
  server.all<{ Params: { s: string; g: string; '*': string } }>(inGroup, async (request, reply) => {
    const { s, g } = request.params
    const segments = request.params['*'].split('/').filter(segment => segment !== '')
    const base = `/subscriptions/${s}/resourceGroups/${g}`
    // An odd number of segments is a type with all its names, an even one a collection.
    if (segments.length % 2 === 0) return list(context, request, reply, base, segments)
    const id = parseResourceId(`${base}/providers/${segments.join('/')}`)
    if (!id.ok)
      return sendFindings(reply, [linkedInvalidPropertyId(request.url, { place: 'the path', reason: id.reason })])
    return item(context, request, reply, id.value)
  })
  server.get<{ Params: { s: string; '*': string } }>('/subscriptions/:s/providers/*', async (request, reply) => {
    const segments = request.params['*'].split('/').filter(segment => segment !== '')
    if (segments.length !== 2) return reply.callNotFound()
    return list(context, request, reply, `/subscriptions/${request.params.s}`, segments)
  })
}

async function list(
  { plane }: ServerContext,
  request: Request,
  reply: FastifyReply,
  base: string,
  segments: readonly string[],
): Promise<unknown> {
  const type = findResourceType([segments[0], ...segments.slice(1).filter((_, at) => at % 2 === 0)].join('/'))
  if (!type) return sendFindings(reply, [unknownType(request.url, segments.join('/'))])
  if (request.method !== 'GET')
    return sendFindings(reply, [methodNotAllowed(request.url, { method: request.method, type: type.type })])
  await plane.durable()
  const below = `${base}/providers/${segments.slice(0, -1).join('/')}`.toLowerCase()
  const wanted =
    segments.length > 2
      ? (key: string) => parentKeyOf(key) === below
      : (key: string) => key.startsWith(`${base.toLowerCase()}/`)
  const documents = [...plane.world.documents.ofType(type.type).values()].filter(({ key }) => wanted(key))
  return { value: documents.map(document => view(document, plane.viewed)) }
}

async function item(context: ServerContext, request: Request, reply: FastifyReply, id: ResourceId): Promise<unknown> {
  const type = findResourceType(id.type)
  if (!type) return sendFindings(reply, [unknownType(id.text, id.type)])
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return get(context, reply, id)
    case 'PUT':
      return put(context, request, reply, id, type)
    case 'PATCH':
      return patch(context, request, reply, id)
    case 'DELETE':
      return remove(context, request, reply, id)
    default:
      return sendFindings(reply, [methodNotAllowed(id.text, { method: request.method, type: type.type })])
  }
}

async function get({ plane }: ServerContext, reply: FastifyReply, id: ResourceId): Promise<unknown> {
  await plane.durable()
  const document = plane.world.documents.get(id.type, id.key)
  if (!document) return sendFindings(reply, [notFound(id)])
  return reply.header('ETag', `W/"${etagOf(document, plane.viewed)}"`).send(view(document, plane.viewed))
}

async function put(
  context: ServerContext,
  request: Request,
  reply: FastifyReply,
  id: ResourceId,
  type: ResourceType,
): Promise<unknown> {
  const { plane } = context
  if (!matches(context, request, reply, id)) return reply
  const { findings, document, created, operation } = await plane.submit({ kind: 'put', id, body: request.body })
  if (refuses(findings) || !document) return sendFindings(reply, findings)
  if (operation && type.longRunning === 'asyncOperation') withAsyncOperation(request, reply, operation)
  reply.header('ETag', `W/"${etagOf(document, plane.viewed)}"`)
  return reply.code(created ? 201 : 200).send(view(document, plane.viewed))
}

/** PATCH replaces tags and nothing else (arm-protocol 4, Conventions; azure-facts A5.16). */
async function patch(context: ServerContext, request: Request, reply: FastifyReply, id: ResourceId): Promise<unknown> {
  const { plane } = context
  const body = typeof request.body === 'object' && request.body !== null ? request.body : {}
  const others = Object.keys(body).filter(name => name !== 'tags')
  const tags = tagsSchema.safeParse('tags' in body ? body.tags : undefined)
  if (others.length > 0 || !tags.success) {
    const place = others[0] ?? 'tags'
    const reason =
      others.length > 0 ? 'cannot be changed by PATCH, which takes only tags' : 'must be an object of texts'
    return sendFindings(reply, [invalidRequestFormat(id.text, { place, reason })])
  }
  if (!matches(context, request, reply, id)) return reply
  const { findings, document } = await plane.submit({ kind: 'tags', id, tags: tags.data })
  if (refuses(findings) || !document) return sendFindings(reply, findings)
  return view(document, plane.viewed)
}

async function remove(context: ServerContext, request: Request, reply: FastifyReply, id: ResourceId): Promise<unknown> {
  const { plane } = context
  if (!matches(context, request, reply, id)) return reply
  const { findings, operation } = await plane.submit({ kind: 'delete', id })
  if (refuses(findings)) return sendFindings(reply, findings)
  // Nothing was there: 204, as Azure (arm-protocol 4, Conventions).
  if (!operation) return reply.code(204).send()
  if (findResourceType(id.type)?.longRunning === 'asyncOperation') withAsyncOperation(request, reply, operation)
  return withLocation(request, reply, operation).code(202).send()
}

/** If-Match and If-None-Match; false, and a refusal sent, where they do not hold. */
function matches({ plane }: ServerContext, request: Request, reply: FastifyReply, id: ResourceId): boolean {
  const present = plane.world.documents.get(id.type, id.key)
  const actual = present ? etagOf(present, plane.viewed) : 'none'
  const given = request.headers['if-match']
  const wrong = given !== undefined && !matchesEtag(given, present, actual)
  const forbidden = request.headers['if-none-match'] === '*' && present !== undefined
  if (!wrong && !forbidden) return true
  sendFindings(reply, [preconditionFailed(id.text, { given: given ?? 'If-None-Match: *', actual })])
  return false
}

function matchesEtag(given: string, present: Document | undefined, actual: string): boolean {
  if (given === '*') return present !== undefined
  return given.split(',').some(one => one.trim().replace(/^W\//, '').replaceAll('"', '') === actual)
}

function unknownType(subject: string, type: string) {
  return invalidResourceType(subject, { type, known: resourceTypes.map(known => known.type) })
}
