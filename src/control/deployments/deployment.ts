/** A deployment: what was asked, how far it is, what came of it. Stored, so that it goes on after the server was killed. */
import { z } from 'zod'
import type { JsonObject } from '../../model/resources/document.ts'

const operation = z.strictObject({
  id: z.string(),
  /** The resource's id and type. */
  resource: z.string(),
  type: z.string(),
  /** `Running` from the moment that its document is stored. */
  state: z.enum(['Running', 'Succeeded', 'Failed']),
  at: z.string(),
  error: z.unknown().optional(),
})

const deployment = z.strictObject({
  id: z.string(),
  name: z.string(),
  resourceGroup: z.string(),
  state: z.enum(['Running', 'Succeeded', 'Failed', 'Canceled']),
  correlationId: z.string(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  /** As a GET shows them: secure ones without their value. */
  parameters: z.record(z.string(), z.unknown()),
  outputs: z.record(z.string(), z.unknown()).nullable(),
  error: z.unknown().optional(),
  operations: z.array(operation),
})

export const deploymentSchema = deployment
export type Deployment = Readonly<z.infer<typeof deployment>>
export type DeploymentOperation = Readonly<z.infer<typeof operation>>

export const DEPLOYMENT_TYPE = 'Microsoft.Resources/deployments'

/** The body of a GET. */
export function viewDeployment(record: Deployment): JsonObject {
  const { id, name, state, correlationId, startedAt, finishedAt, parameters, outputs, error, operations } = record
  const milliseconds = Date.parse(finishedAt ?? new Date().toISOString()) - Date.parse(startedAt)
  return plainJson({
    id,
    name,
    type: DEPLOYMENT_TYPE,
    properties: {
      mode: 'Incremental',
      provisioningState: state,
      timestamp: finishedAt ?? startedAt,
      duration: `PT${(milliseconds / 1000).toFixed(3)}S`,
      correlationId,
      parameters,
      ...(outputs === null ? {} : { outputs }),
      ...(error === undefined ? {} : { error }),
      outputResources: operations.filter(one => one.state === 'Succeeded').map(({ resource }) => ({ id: resource })),
    },
  })
}

/** The bodies of its operations. */
export function viewOperations(record: Deployment): JsonObject[] {
  return record.operations.map(one =>
    plainJson({
      id: `${record.id}/operations/${one.id}`,
      operationId: one.id,
      properties: {
        provisioningOperation: 'Create',
        provisioningState: one.state,
        timestamp: one.at,
        targetResource: {
          id: one.resource,
          resourceType: one.type,
          resourceName: one.resource.split('/').at(-1) ?? '',
        },
        ...(one.error === undefined ? {} : { statusMessage: { error: one.error } }),
      },
    }),
  )
}

function plainJson(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value))
}
