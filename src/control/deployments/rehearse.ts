/**
 * A deployment on paper: every resource of a template admitted one after another into a world that is thrown away. Says
 * all that would be refused before anything changes; the preflight of a PUT and the answer of `plan` are the same.
 */
import { type Finding, refuses } from '../../base/findings/finding.ts'
import type { Runtime } from '../../base/template/environment.ts'
import { expandTemplate, type ResourceDeclaration } from '../../base/template/expand.ts'
import type { JsonObject } from '../../base/template/json.ts'
import { gatewayRace } from '../../model/findings/hsm.ts'
import { invalidResourceType, linkedInvalidPropertyId } from '../../model/findings/request.ts'
import { findResourceType, resourceTypes } from '../../model/resources/registry.ts'
import { parseResourceId } from '../../model/resources/resource-id.ts'
import { expressRouteGatewayOf } from '../../model/rules/gateways.ts'
import type { Facts } from '../../model/rules/rule.ts'
import { admit } from '../admit/admit.ts'
import type { Choices } from '../admit/choices.ts'
import type { World } from '../admit/world.ts'
import { NOTHING_OBSERVED } from '../view/readiness.ts'
import { view } from '../view/view.ts'
import type { Viewed } from '../view/viewed.ts'
import { DEPLOYMENT_TYPE } from './deployment.ts'
import { type DeploymentPlace, deploymentFacts } from './deployment-facts.ts'
import { nestedTooDeep } from './findings.ts'
import { type DeploymentRequest, readDeploymentRequest } from './request.ts'

export interface Rehearsal {
  readonly world: World
  readonly findings: readonly Finding[]
}

/** Azure nests no deeper. */
const MAX_DEPTH = 5

export interface RehearsalContext {
  readonly world: World
  readonly facts: Facts
  readonly choices: Choices
}

export function rehearse(
  request: DeploymentRequest,
  place: DeploymentPlace,
  { world, facts, choices }: RehearsalContext,
  depth = 0,
): Rehearsal {
  if (depth > MAX_DEPTH) return { world, findings: [nestedTooDeep(place.name, { limit: MAX_DEPTH })] }
  const expanded = expandTemplate(request.template, request.parameters, deploymentFacts(place, onPaper(world)))
  if (!expanded.ok) return { world, findings: expanded.findings }

  const { resources } = expanded.value
  const findings: Finding[] = []
  const outputs = new Map<string, JsonObject>()
  let now = world
  for (const resource of resources) {
    const body = resource.body(runtimeOf(() => now, outputs))
    if (!body.ok) {
      findings.push(...body.findings)
      continue
    }
    if (resource.type.toLowerCase() === DEPLOYMENT_TYPE.toLowerCase()) {
      const inner = rehearseNested(resource, body.value, place, { world: now, facts, choices }, depth, outputs)
      findings.push(...inner.findings)
      now = inner.world
      continue
    }
    const admitted = admitOne(resource, body.value, { world: now, facts, choices })
    findings.push(...admitted.findings)
    now = admitted.world
  }
  if (!refuses(findings)) findings.push(...gatewayRaces(resources, now))
  return { world: now, findings }
}

function rehearseNested(
  resource: ResourceDeclaration,
  body: JsonObject,
  outer: DeploymentPlace,
  context: RehearsalContext,
  depth: number,
  outputs: Map<string, JsonObject>,
): Rehearsal {
  const read = readDeploymentRequest(body, resource.place)
  if (!read.ok) return { world: context.world, findings: read.findings }
  const place = nestedPlace(resource, outer)
  const inner = rehearse(read.value, place, context, depth + 1)
  const expanded = expandTemplate(
    read.value.template,
    read.value.parameters,
    deploymentFacts(place, onPaper(inner.world)),
  )
  const shown = expanded.ok ? expanded.value.outputs(runtimeOf(() => inner.world, outputs)) : expanded
  outputs.set(resource.id.toLowerCase(), { properties: { outputs: shown.ok ? shown.value : {} } })
  return inner
}

/** Where a nested deployment stands: its own name and group, the moment and correlation of the one around it. */
export function nestedPlace(resource: ResourceDeclaration, outer: DeploymentPlace): DeploymentPlace {
  const id = parseResourceId(resource.id)
  return {
    ...outer,
    name: resource.name,
    resourceGroup: id.ok ? id.value.resourceGroup : outer.resourceGroup,
    correlationId: `${outer.correlationId}/${resource.name}`,
  }
}

function admitOne(
  resource: ResourceDeclaration,
  body: JsonObject,
  { world, facts, choices }: RehearsalContext,
): Rehearsal {
  if (!findResourceType(resource.type)) {
    const known = resourceTypes.map(({ type }) => type)
    return { world, findings: [invalidResourceType(resource.place, { type: resource.type, known })] }
  }
  const id = parseResourceId(resource.id)
  if (!id.ok)
    return { world, findings: [linkedInvalidPropertyId(resource.place, { place: 'name', reason: id.reason })] }
  const { world: after, findings } = admit(world, { kind: 'put', id: id.value, body }, facts, choices)
  return { world: after, findings }
}

/** An HSM that does not wait for its gateway fails when Azure is slow (azure-facts A7.8, A8.3). */
function gatewayRaces(resources: readonly ResourceDeclaration[], { topology }: World): Finding[] {
  const byKey = new Map(resources.map(resource => [resource.id.toLowerCase(), resource]))
  const waitsFor = (resource: ResourceDeclaration, key: string): boolean => {
    const seen = new Set<string>()
    const next = resource.dependsOn.map(id => id.toLowerCase())
    for (let id = next.pop(); id !== undefined; id = next.pop()) {
      if (id === key) return true
      if (seen.has(id)) continue
      seen.add(id)
      for (const further of byKey.get(id)?.dependsOn ?? []) next.push(further.toLowerCase())
    }
    return false
  }
  return resources.flatMap(resource => {
    const hsm = topology.hsms.get(resource.id.toLowerCase())
    const network = topology.subnets.get(hsm?.subnet ?? '')?.virtualNetwork
    const gateway = network === undefined ? undefined : expressRouteGatewayOf(topology, network)
    if (!hsm || !gateway || !byKey.has(gateway.document.key) || waitsFor(resource, gateway.document.key)) return []
    return [gatewayRace(resource.id, { hsm: hsm.document.name, gateway: gateway.document.id })]
  })
}

function runtimeOf(world: () => World, outputs: ReadonlyMap<string, JsonObject>): Runtime {
  return {
    read: id => {
      const parsed = parseResourceId(id)
      const document = parsed.ok ? world().documents.get(parsed.value.type, parsed.value.key) : undefined
      return document ? view(document, onPaper(world())) : outputs.get(id.toLowerCase())
    },
    list: () => undefined,
  }
}

/** A world of which nothing was built: what `view` needs besides. */
export function onPaper({ documents, topology, plan }: World): Viewed {
  return { documents, topology, plan, changedAt: new Map(), observed: NOTHING_OBSERVED }
}
