/** Deployments of a resource group: create, read, list, validate, operations (arm-protocol 1.4). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { refuses } from '../../../base/findings/finding.ts'
import { resourceGroupNotFound } from '../../../model/findings/request.ts'
import { groupId, parseResourceId, type ResourceId } from '../../../model/resources/resource-id.ts'
import { type Deployment, viewDeployment, viewOperations } from '../../deployments/deployment.ts'
import {
  deploymentActive,
  deploymentNameInvalid,
  deploymentNotFound,
  deploymentNotRunning,
} from '../../deployments/findings.ts'
import { errorBody } from '../../view/error-body.ts'
import type { ServerContext } from '../http.ts'
import { originOf, retryLater, sendFindings } from '../reply.ts'

type Params = { Params: { s: string; g: string; name: string } }

export function deploymentRoutes(server: FastifyInstance, context: ServerContext): void {
  const { deployer, plane } = context
  const all = '/subscriptions/:s/resourceGroups/:g/providers/Microsoft.Resources/deployments'
  const one = `${all}/:name`

  server.put<Params>(one, async (request, reply) => {
    const id = target(context, request, reply)
    if (!id) return reply
    const started = await deployer.start(id, request.body)
    if (!started.ok) return sendFindings(reply, started.findings)
    const { deployment, created } = started
    const status = `${originOf(request)}${id.text}/operationStatuses/${deployment.correlationId}?api-version=2024-03-01`
    return retryLater(reply)
      .header('Azure-AsyncOperation', status)
      .code(created ? 201 : 200)
      .send(viewDeployment(deployment))
  })

  server.post<Params>(`${one}/validate`, async (request, reply) => {
    const id = target(context, request, reply)
    if (!id) return reply
    const findings = deployer.validate(id, request.body)
    // az reads the error out of a 400 and out of a 200 alike; Azure answers 400.
    if (refuses(findings)) return reply.code(400).send(errorBody(findings).body)
    return {
      id: id.text,
      name: id.name,
      type: 'Microsoft.Resources/deployments',
      properties: { provisioningState: 'Succeeded' },
    }
  })

  server.post<Params>(`${one}/cancel`, async (request, reply) => {
    const found = await find(context, request, reply)
    if (!found) return reply
    if (await deployer.cancel(found.id)) return reply.code(204).send()
    return sendFindings(reply, [deploymentNotRunning(found.id, { name: found.name })])
  })

  server.get<Params>(one, async (request, reply) => {
    const found = await find(context, request, reply)
    return found ? viewDeployment(found) : reply
  })
  server.head<Params>(one, async (request, reply) => {
    await plane.durable()
    const { s, g, name } = request.params
    return reply.code(deployer.get(idText(s, g, name)) ? 204 : 404).send()
  })
  server.delete<Params>(one, async (request, reply) => {
    const found = await find(context, request, reply)
    if (!found) return reply
    if (found.state === 'Running') return sendFindings(reply, [deploymentActive(found.id, { name: found.name })])
    await deployer.forget(found.id)
    return reply.code(204).send()
  })
  server.get<{ Params: { s: string; g: string } }>(all, async (request, _reply) => {
    const { s, g } = request.params
    await plane.durable()
    return { value: deployer.list(groupId(s, g)).map(viewDeployment) }
  })
  server.get<Params>(`${one}/operationStatuses/:operation`, async (request, reply) => {
    const found = await find(context, request, reply)
    if (!found) return reply
    if (found.state === 'Running') retryLater(reply)
    return { status: found.state, ...(found.error === undefined ? {} : { error: found.error }) }
  })
  // az leaves the provider out of this one path.
  for (const path of [`${one}/operations`, '/subscriptions/:s/resourceGroups/:g/deployments/:name/operations']) {
    server.get<Params>(path, async (request, reply) => {
      const found = await find(context, request, reply)
      return found ? { value: viewOperations(found) } : reply
    })
  }
}

async function find(
  context: ServerContext,
  request: FastifyRequest<Params>,
  reply: FastifyReply,
): Promise<Deployment | null> {
  const { s, g, name } = request.params
  await context.plane.durable()
  const found = context.deployer.get(idText(s, g, name))
  if (!found) sendFindings(reply, [deploymentNotFound(request.url, { name })])
  return found ?? null
}

/** The id of a deployment that may be written: a known subscription, an existing group, a proper name. */
function target(context: ServerContext, request: FastifyRequest<Params>, reply: FastifyReply): ResourceId | null {
  const { s, g, name } = request.params
  const id = parseResourceId(idText(s, g, name))
  if (!id.ok || !/^[A-Za-z0-9_.()-]{1,64}$/.test(name)) {
    sendFindings(reply, [deploymentNameInvalid(request.url, { name })])
    return null
  }
  if (!context.plane.world.documents.get('Microsoft.Resources/resourceGroups', groupId(s, g))) {
    sendFindings(reply, [resourceGroupNotFound(groupId(s, g), { group: g })])
    return null
  }
  return id.value
}

function idText(subscription: string, group: string, name: string): string {
  return `${groupId(subscription, group)}/providers/Microsoft.Resources/deployments/${name}`
}
