/** Builders of templates for the tables of this folder. */
import assert from 'node:assert/strict'
import type { DeploymentFacts } from '../../../../src/base/template/environment.ts'
import {
  type ExpandedTemplate,
  expandTemplate,
  type ResourceDeclaration,
} from '../../../../src/base/template/expand.ts'
import type { Json, JsonObject } from '../../../../src/base/template/json.ts'
import { factsFor } from './azure.ts'

export function template(sections: JsonObject): JsonObject {
  return {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    resources: [],
    ...sections,
  }
}

/** A resource of a made-up type: `vnet('v1', {dependsOn: […]})`. */
export function vnet(name: string, more: JsonObject = {}): JsonObject {
  return { type: 'Microsoft.Network/virtualNetworks', apiVersion: '2024-03-01', name, ...more }
}

export function subnet(name: string, more: JsonObject = {}): JsonObject {
  return { type: 'Microsoft.Network/virtualNetworks/subnets', apiVersion: '2024-03-01', name, ...more }
}

/** {a: 1} as {a: {value: 1}}. */
export function given(values: Readonly<Record<string, Json>>): JsonObject {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]))
}

export function expanded(
  source: Json,
  parameters: JsonObject = {},
  facts: DeploymentFacts = factsFor(),
): ExpandedTemplate {
  const outcome = expandTemplate(source, parameters, facts)
  assert(outcome.ok, outcome.ok ? '' : outcome.findings.map(({ message }) => message).join('\n'))
  return outcome.value
}

/** What is said of a template that is refused: `place: message` of each finding. */
export function refusals(source: Json, parameters: JsonObject = {}, facts: DeploymentFacts = factsFor()): string[] {
  const outcome = expandTemplate(source, parameters, facts)
  return outcome.ok ? [] : outcome.findings.map(({ subject, message }) => `${subject}: ${message}`)
}

export function bodyOf(resource: ResourceDeclaration | undefined): JsonObject {
  const body = resource?.body()
  assert(body?.ok, 'the body was refused')
  return body.value
}
