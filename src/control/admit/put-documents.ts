/** A PUT → the documents that it makes: its own, its inline children's, its companion's. */
import { type Finding, refuses } from '../../base/findings/finding.ts'
import { companionNameTaken } from '../../model/findings/hsm.ts'
import {
  invalidRequestFormat,
  invalidResourceLocation,
  invalidResourceName,
  invalidResourceType,
  locationNotAvailable,
  locationRequired,
  managedResource,
  parentResourceNotFound,
} from '../../model/findings/request.ts'
import type { Document, DocumentChange, JsonObject } from '../../model/resources/document.ts'
import { REGIONS } from '../../model/resources/regions.ts'
import { findResourceType, resourceTypes } from '../../model/resources/registry.ts'
import { parentKeyOf, parseResourceId, type ResourceId } from '../../model/resources/resource-id.ts'
import type { ResourceBody, ResourceType } from '../../model/resources/resource-type.ts'
import { assign } from './assign.ts'
import type { Choices } from './choices.ts'
import { companionOf } from './companion.ts'
import { withNetworkEtag } from './network-etag.ts'
import { readBody } from './read-body.ts'
import type { World } from './world.ts'

export interface PutDocuments {
  readonly changes: readonly DocumentChange[]
  readonly findings: readonly Finding[]
  readonly document: Document | null
  readonly created: boolean
}

export function putDocuments(world: World, id: ResourceId, body: unknown, choices: Choices): PutDocuments {
  const refuse = (...findings: Finding[]): PutDocuments => ({ changes: [], findings, document: null, created: false })
  const type = findResourceType(id.type)
  if (!type) {
    return refuse(invalidResourceType(id.text, { type: id.type, known: resourceTypes.map(known => known.type) }))
  }
  const misnamed = nameFinding(type, id.text, id.name)
  if (misnamed) return refuse(misnamed)
  const parent = id.parent === null ? null : parseResourceId(id.parent)
  if (parent && !(parent.ok && world.documents.get(parent.value.type, parent.value.key))) {
    return refuse(parentResourceNotFound(id.text, { parent: id.parent ?? '' }))
  }
  const read = readBody(type, body, id.text)
  if (!read.ok) return refuse(...read.findings)
  const previous = world.documents.get(type.type, id.key)
  const maker = previous?.assigned.managedBy
  if (maker !== undefined) return refuse(managedResource(id.text, { owner: maker }))
  const placed = placeOf(type, id, read.value, previous)
  if (placed) return refuse(placed)

  const { children, rest } = splitInline(type, read.value)
  const own = settle(
    world,
    makeDocument(type, id, { ...read.value, properties: rest }, previous, choices),
    previous,
    choices,
  )
  if (refuses(own.findings)) return refuse(...own.findings)

  const { document } = own
  const inline =
    type.inline && children !== undefined ? putInline(world, document, type.inline.type, children, choices) : null
  if (inline && refuses(inline.findings)) return refuse(...inline.findings)
  const changes = [...own.changes, ...(inline?.changes ?? []), ...companionChanges(world, document, choices)]
  const taken = companionConflict(world, changes)
  if (taken) return refuse(taken)
  const all = withNetworkEtag(world, changes, choices)
  // A change of its children alone gives a VNet a new etag, so what is answered is what is stored.
  const stored = all.find(change => change.kind === 'put' && change.document.key === document.key)
  return { changes: all, findings: [], document: stored?.document ?? document, created: previous === undefined }
}

/** An agent refuses any field of a plan that holds `..`, so no name may (docs/adr/0003). */
function nameFinding(type: ResourceType, subject: string, name: string): Finding | null {
  if (type.name.pattern.test(name) && !name.includes('..')) return null
  return invalidResourceName(subject, { name, words: `${type.name.words}, and no ".."` })
}

function placeOf(
  type: ResourceType,
  id: ResourceId,
  body: ResourceBody,
  previous: Document | undefined,
): Finding | null {
  if (!type.located) return null
  if (body.location === undefined) return locationRequired(id.text, { type: type.type })
  const offered = type.regions ?? REGIONS
  if (!offered.includes(body.location)) {
    return locationNotAvailable(id.text, { location: body.location, type: type.type, offered })
  }
  if (previous?.location !== undefined && previous.location !== body.location) {
    return invalidResourceLocation(id.text, { was: previous.location, is: body.location })
  }
  return null
}

function makeDocument(
  type: ResourceType,
  id: ResourceId,
  body: ResourceBody,
  previous: Document | undefined,
  choices: Choices,
): Document {
  const given: JsonObject = JSON.parse(JSON.stringify(body.properties))
  const before = type.keepsUnsaid ? previous : undefined
  const sku: JsonObject | undefined = body.sku ? JSON.parse(JSON.stringify(body.sku)) : before?.sku
  const zones = body.zones ?? before?.zones
  return {
    id: previous?.id ?? id.text,
    key: id.key,
    type: type.type,
    name: previous?.name ?? id.name,
    ...(type.located && body.location !== undefined ? { location: body.location } : {}),
    ...(body.tags === undefined ? {} : { tags: body.tags }),
    ...(sku === undefined ? {} : { sku }),
    ...(zones === undefined ? {} : { zones }),
    properties: before ? keepUnsaid(before.properties, given) : given,
    assigned: previous?.assigned ?? { etag: '', guid: '' },
    createdAt: previous?.createdAt ?? choices.now(),
  }
}

/** An HSM's PUT that leaves out what was said before asks for no change of it (azure-facts A5.16). */
function keepUnsaid(before: JsonObject, given: JsonObject): JsonObject {
  const kept: { [name: string]: JsonObject[string] } = { ...before, ...given }
  for (const [name, value] of Object.entries(before)) {
    const now = given[name]
    if (isPlain(value) && isPlain(now)) kept[name] = { ...value, ...now }
  }
  return kept
}

function isPlain(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Assigns what is new; a document that says the same as before stays that document, etag and all. */
function settle(
  world: World,
  document: Document,
  previous: Document | undefined,
  choices: Choices,
): { readonly document: Document; readonly changes: DocumentChange[]; readonly findings: readonly Finding[] } {
  if (previous && contentOf(previous) === contentOf(document)) return { document: previous, changes: [], findings: [] }
  const { document: settled, findings } = assign(document, previous, world, choices)
  return { document: settled, changes: [{ kind: 'put', document: settled }], findings }
}

function contentOf({ location, tags, sku, zones, properties }: Document): string {
  return JSON.stringify([location, tags, sku, zones, properties])
}

function splitInline(
  type: ResourceType,
  body: ResourceBody,
): { readonly children: unknown; readonly rest: ResourceBody['properties'] } {
  if (!type.inline) return { children: undefined, rest: body.properties }
  const { [type.inline.property]: children, ...rest } = body.properties
  return { children, rest }
}

/**
 * A VNet's `subnets`: those listed are put, those left out are deleted. A PUT without the property leaves them alone, or
 * a template that makes its subnets as resources of their own would delete them on its second run (arm-templates, traps).
 */
function putInline(world: World, parent: Document, childType: string, children: unknown, choices: Choices) {
  const type = findResourceType(childType)
  const property = childType.split('/').at(-1) ?? ''
  const refuse = (place: string, reason: string) => ({
    changes: [] as DocumentChange[],
    findings: [invalidRequestFormat(parent.id, { place, reason })],
  })
  if (!type) throw new Error(`inline children of an unknown type ${childType}`)
  if (!Array.isArray(children)) return refuse(`properties.${property}`, 'must be a list')
  const changes: DocumentChange[] = []
  const findings: Finding[] = []
  const named = new Set<string>()
  for (const [at, child] of children.entries()) {
    const place = `properties.${property}[${at}]`
    const name: unknown = isPlain(child) ? child.name : undefined
    if (typeof name !== 'string') return refuse(`${place}.name`, 'is required')
    const misnamed = nameFinding(type, place, name)
    if (misnamed) return { changes, findings: [misnamed] }
    if (named.has(name.toLowerCase())) return refuse(`${place}.name`, `repeats '${name}'`)
    named.add(name.toLowerCase())
    const id = parseResourceId(`${parent.id}/${property}/${name}`)
    if (!id.ok) return refuse(`${place}.name`, id.reason)
    const read = readBody(type, child, id.value.text, place)
    if (!read.ok) {
      findings.push(...read.findings)
      continue
    }
    const previous = world.documents.get(type.type, id.value.key)
    const settled = settle(world, makeDocument(type, id.value, read.value, previous, choices), previous, choices)
    changes.push(...settled.changes)
    findings.push(...settled.findings)
  }
  for (const [key, document] of world.documents.ofType(type.type)) {
    if (parentKeyOf(key) === parent.key && !named.has(document.name.toLowerCase())) {
      changes.push({ kind: 'delete', document })
    }
  }
  return { changes, findings }
}

function companionChanges(world: World, document: Document, choices: Choices): DocumentChange[] {
  if (document.type !== 'Microsoft.HardwareSecurityModules/dedicatedHSMs') return []
  const made = companionOf(document, undefined, choices)
  const previous = world.documents.get(made.type, made.key)
  if (previous?.assigned.managedBy === document.key) return []
  return [{ kind: 'put', document: made }]
}

function companionConflict(world: World, changes: readonly DocumentChange[]): Finding | null {
  for (const { kind, document } of changes) {
    if (kind !== 'put' || document.assigned.managedBy === undefined) continue
    const present = world.documents.get(document.type, document.key)
    if (present && present.assigned.managedBy !== document.assigned.managedBy) {
      return companionNameTaken(document.assigned.managedBy, { nic: present.id })
    }
  }
  return null
}
