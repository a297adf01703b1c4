/** Every other resource: one handler for all types, because what differs between them is data in the registry. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { refuses } from '../../../base/findings/finding.ts'
import {
  invalidRequestFormat,
  invalidResourceType,
  linkedInvalidPropertyId,
  resourceGroupNotFound,
} from '../../../model/findings/request.ts'
import { findResourceType, resourceTypes } from '../../../model/resources/registry.ts'
import { groupKeyOf, parseResourceId, type ResourceId } from '../../../model/resources/resource-id.ts'
import type { ResourceType } from '../../../model/resources/resource-type.ts'
import { tags as tagsSchema } from '../../../model/resources/shapes.ts'
import { notFound } from '../../admit/admit.ts'
import type { Precondition } from '../../admit/precondition.ts'
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

/** The members of a collection: of a parent, of a group, or (`base` being a subscription) of all groups. */
async function list(
  { plane }: ServerContext,
  request: Request,
  reply: FastifyReply,
  base: string,
  segments: readonly string[],
): Promise<unknown> {
  const type = resourceTypeOf([segments[0], ...segments.slice(1).filter((_, at) => at % 2 === 0)].join('/'))
  if (!type) return sendFindings(reply, [unknownType(request.url, segments.join('/'))])
  if (request.method !== 'GET') {
    return sendFindings(reply, [methodNotAllowed(request.url, { method: request.method, type: type.type })])
  }
  await plane.durable()
  const { documents } = plane.world
  const group = parseResourceId(base)
  if (group.ok && !documents.get(group.value.type, base)) {
    return sendFindings(reply, [resourceGroupNotFound(base, { group: group.value.name })])
  }
  const parent = segments.length > 2 ? parseResourceId(`${base}/providers/${segments.slice(0, -1).join('/')}`) : null
  if (parent?.ok && !documents.get(parent.value.type, parent.value.key)) {
    return sendFindings(reply, [notFound(parent.value)])
  }
  const below = `${(parent?.ok ? parent.value.key : base).toLowerCase()}/`
  const found = [...documents.ofType(type.type).values()].filter(({ key }) => key.startsWith(below))
  return { value: found.map(document => view(document, plane.viewed)) }
}

async function item(context: ServerContext, request: Request, reply: FastifyReply, id: ResourceId): Promise<unknown> {
  const type = resourceTypeOf(id.type)
  if (!type) return sendFindings(reply, [unknownType(id.text, id.type)])
  noteNewerVersion(request, type)
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
  const { documents } = plane.world
  const document = documents.get(id.type, id.key)
  if (!document) {
    const group = documents.get('Microsoft.Resources/resourceGroups', groupKeyOf(id.key))
    return sendFindings(reply, [group ? notFound(id) : resourceGroupNotFound(id.text, { group: id.resourceGroup })])
  }
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
  const { findings, document, created, operation } = await plane.submit({
    kind: 'put',
    id,
    body: request.body,
    ...preconditionOf(request),
  })
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
  const { findings, document } = await plane.submit({
    kind: 'tags',
    id,
    tags: tags.data ?? {},
    ...preconditionOf(request),
  })
  if (refuses(findings) || !document) return sendFindings(reply, findings)
  return view(document, plane.viewed)
}

async function remove(context: ServerContext, request: Request, reply: FastifyReply, id: ResourceId): Promise<unknown> {
  const { plane } = context
  const { findings, operation } = await plane.submit({ kind: 'delete', id, ...preconditionOf(request) })
  if (refuses(findings)) return sendFindings(reply, findings)
  // Nothing was there: 204, as Azure (arm-protocol 4, Conventions).
  if (!operation) return reply.code(204).send()
  if (findResourceType(id.type)?.longRunning === 'asyncOperation') withAsyncOperation(request, reply, operation)
  return withLocation(request, reply, operation).code(202).send()
}

function preconditionOf({ headers }: Request): { readonly precondition?: Precondition } {
  const ifMatch = headers['if-match']
  const ifNoneMatch = headers['if-none-match']
  if (ifMatch === undefined && ifNoneMatch === undefined) return {}
  return {
    precondition: {
      ...(ifMatch === undefined ? {} : { ifMatch }),
      ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
    },
  }
}

/** Groups and deployments have routes of their own. */
function resourceTypeOf(name: string): ResourceType | undefined {
  const type = findResourceType(name)
  return type?.type.startsWith('Microsoft.Resources/') ? undefined : type
}

/** Versions newer than those we know are taken (design, decision 3); the log says so, in case an answer surprises. */
function noteNewerVersion(request: Request, { type, apiVersions }: ResourceType): void {
  const version = String((request.query as { 'api-version'?: string })['api-version'])
  const [newest = ''] = apiVersions
  if (version > newest) request.log.info({ type, version, newest }, 'an api-version newer than those known')
}

function unknownType(subject: string, type: string) {
  return invalidResourceType(subject, { type, known: resourceTypes.map(known => known.type) })
}
