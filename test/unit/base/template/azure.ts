/** A make-believe Azure: facts of a deployment, and a deployer that stores bodies and reads them back. */
import assert from 'node:assert/strict'
import type { DeploymentFacts, Runtime } from '../../../../src/base/template/environment.ts'
import { expandTemplate } from '../../../../src/base/template/expand.ts'
import { isArray, isObject, type Json, type JsonObject, member } from '../../../../src/base/template/json.ts'
import { readJson } from '../../../../src/base/template/json-reader.ts'
import { type DeploymentScope, idKey, scopeId, scopeOf } from '../../../../src/base/template/resource-id.ts'

export const SUBSCRIPTION = '00000000-0000-0000-0000-000000000000'
export const GROUP: DeploymentScope = { subscriptionId: SUBSCRIPTION, resourceGroup: 'rg1' }

export function factsFor(scope: DeploymentScope = GROUP, name = 'main', properties: JsonObject = {}): DeploymentFacts {
  let guids = 0
  const { subscriptionId, resourceGroup } = scope
  return {
    scope,
    deployment: { name, location: 'eastus', properties },
    subscription: {
      id: scopeId({ subscriptionId }),
      subscriptionId: subscriptionId ?? '',
      tenantId: '11111111-1111-1111-1111-111111111111',
      displayName: 'Sub 1',
    },
    ...(resourceGroup === undefined
      ? {}
      : { resourceGroup: { id: scopeId(scope), name: resourceGroup, location: 'eastus', tags: {}, properties: {} } }),
    now: new Date('2020-04-07T14:53:14.123Z'),
    newGuid: () => `00000000-0000-4000-8000-${String(++guids).padStart(12, '0')}`,
  }
}

/** Reads JSON as the tests write it. */
export function json(text: string): Json {
  const read = readJson(text)
  assert(read.ok, read.ok ? '' : read.reason)
  return read.value.value
}

export function object(value: Json | undefined): JsonObject {
  assert(isObject(value))
  return value
}

/** Stands in for the control plane: deploys in order, nested deployments in turn. Returns the outputs. */
export class MakeBelieveAzure {
  /** Ids of what was deployed, in order, nested deployments left out. */
  readonly deployed: string[] = []
  readonly types: string[] = []
  readonly bodies = new Map<string, JsonObject>()
  nestedDeployments = 0
  readonly #linked: (uri: string) => Json

  constructor(linked: (uri: string) => Json = () => assert.fail('no linked template is expected')) {
    this.#linked = linked
  }

  /** Stores a body as the control plane would: subnets by themselves too, and a public IP with its name. */
  put(id: string, body: JsonObject): void {
    const properties = isObject(body.properties) ? body.properties : {}
    const dnsSettings = isObject(properties.dnsSettings)
      ? { dnsSettings: { ...properties.dnsSettings, fqdn: 'name.example.test' } }
      : {}
    this.bodies.set(idKey(id), { ...body, id, properties: { ...properties, ...dnsSettings } })
    const subnets = isArray(properties.subnets) ? properties.subnets : []
    for (const subnet of subnets.map(object)) this.put(`${id}/subnets/${subnet.name}`, subnet)
  }

  readonly runtime: Runtime = {
    read: id => this.bodies.get(idKey(id)),
    list: (id, action) => ({ id, action }),
  }

  deploy(template: Json, parameters: JsonObject, facts: DeploymentFacts): JsonObject {
    const expanded = expandTemplate(template, parameters, facts)
    assert(expanded.ok, expanded.ok ? '' : expanded.findings.map(finding => finding.message).join('\n'))
    const done = new Set<string>()
    for (const resource of expanded.value.resources) {
      for (const dependency of resource.dependsOn) assert(done.has(dependency), `${resource.id} before ${dependency}`)
      const body = resource.body(this.runtime)
      assert(body.ok, body.ok ? '' : body.findings.map(finding => finding.message).join('\n'))
      if (resource.type === 'Microsoft.Resources/deployments') this.#nested(resource.id, resource.name, body.value)
      else {
        this.deployed.push(resource.id)
        this.types.push(resource.type)
        this.put(resource.id, body.value)
      }
      done.add(resource.id)
    }
    const outputs = expanded.value.outputs(this.runtime)
    assert(outputs.ok, outputs.ok ? '' : outputs.findings.map(finding => finding.message).join('\n'))
    return outputs.value
  }

  #nested(id: string, name: string, body: JsonObject): void {
    this.nestedDeployments++
    const properties = object(body.properties)
    const link = member(properties, 'templateLink')
    const template = isObject(link) ? this.#linked(String(link.uri)) : (properties.template ?? null)
    const parameters = isObject(properties.parameters) ? properties.parameters : {}
    const outputs = this.deploy(template, parameters, factsFor(scopeOf(id), name, properties))
    this.put(id, { properties: { ...properties, outputs } })
  }
}
