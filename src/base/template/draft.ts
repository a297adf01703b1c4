/** The resources that a template declares, loops unrolled and children beside their parents, before they are ordered. */
import type { Environment } from './environment.ts'
import { invalidTemplate, limitExceeded } from './findings.ts'
import { isArray, isObject, type Json, type JsonArray, type JsonObject, member, typeName } from './json.ts'
import { readResourceLoop } from './loop.ts'
import { DEPLOYMENT_TYPE } from './nested.ts'
import { formatPlace, type Place, placeIn } from './place.ts'
import { textAt, workAt, wrongAt } from './placed.ts'
import { clipped } from './prose.ts'
import { type Gathering, outcomeOf, Refusal } from './refusal.ts'
import { type DeploymentScope, resourceIdIn, scopeId } from './resource-id.ts'
import { evaluateValue } from './value.ts'

/** Azure's limit on the resources of a template, loops included. */
const MAX_RESOURCES = 800
/** What a draft costs beside its expressions, in units of the budget: those left out by a condition count too. */
const DRAFT_WORK = 20

export interface Draft {
  readonly id: string
  readonly type: string
  readonly apiVersion: string
  /** In full: a child's begins with its parent's. */
  readonly name: string
  /** In a template of languageVersion 2.0. */
  readonly symbol: string | undefined
  /** False where the condition is false, and for what is only referred to. */
  readonly deployed: boolean
  readonly existing: boolean
  /** The loop whose turn this is. */
  readonly loop: { readonly name: string; readonly index: number; readonly batchSize: number | undefined } | undefined
  readonly source: JsonObject
  readonly place: Place
  readonly env: Environment
}

/** Expands the resources section. What is wrong with one resource does not hide what is wrong with the next. */
export function draftResources(section: JsonArray | JsonObject, env: Environment, gathering: Gathering): Draft[] {
  const root = placeIn(undefined, 'resources')
  const drafts: Draft[] = []
  let deployed = 0
  const add: Add = draft => {
    drafts.push(draft)
    if (draft.deployed && ++deployed > MAX_RESOURCES) {
      throw new Refusal(limitExceeded('resources', { what: 'resources', limit: MAX_RESOURCES, actual: deployed }))
    }
  }
  const entries: Iterable<readonly [string | number, Json]> = isArray(section)
    ? section.entries()
    : Object.entries(section)
  for (const [key, source] of entries) {
    const context = { env, parent: undefined, symbol: typeof key === 'string' ? key : undefined, add, gathering }
    gathering.try(() => draftLoop(source, placeIn(root, key), context))
  }
  return drafts
}

type Add = (draft: Draft) => void

interface Context {
  readonly env: Environment
  readonly parent: Draft | undefined
  readonly symbol: string | undefined
  readonly add: Add
  readonly gathering: Gathering
}

function draftLoop(source: Json, place: Place, context: Context): void {
  if (!isObject(source)) throw wrongAt(place, `it must be an object, and is of type ${typeName(source)}`, RESOURCE_FORM)
  const copy = member(source, 'copy')
  if (copy === undefined) {
    draftOne(source, place, context, undefined)
    return
  }
  const loop = readResourceLoop(copy, placeIn(place, 'copy'), context.env)
  for (let index = 0; index < loop.count; index++) {
    const turns = [...context.env.turns, { name: loop.name, index, kind: 'resource' as const }]
    const turn = { name: loop.name, index, batchSize: loop.batchSize }
    draftOne(source, place, { ...context, env: { ...context.env, turns } }, turn)
  }
}

const RESOURCE_FORM = 'A resource has "type", "apiVersion", "name" and what its type takes.'

function draftOne(source: JsonObject, place: Place, context: Context, loop: Draft['loop']): void {
  const { env, parent, symbol, add, gathering } = context
  workAt(place, () => env.budget.spend(DRAFT_WORK))
  const wanted = flag(source, 'condition', true, place, env)
  const existing = flag(source, 'existing', false, place, env)
  const draft = () => ({
    ...identify(source, place, env, parent),
    symbol,
    deployed: wanted && !existing,
    existing,
    loop,
    source,
    place,
    env,
  })
  // Where the condition is false, names may be impossible to evaluate: then nothing can depend on the resource either.
  const outcome = outcomeOf(draft)
  if (!outcome.ok) {
    if (wanted) throw new Refusal(...outcome.findings)
    return
  }
  add(outcome.value)
  const children = member(source, 'resources')
  if (!isArray(children)) return
  for (const [i, child] of children.entries()) {
    const inside = placeIn(placeIn(place, 'resources'), i)
    gathering.try(() => draftLoop(child, inside, { ...context, parent: outcome.value, symbol: undefined }))
  }
}

function identify(source: JsonObject, place: Place, env: Environment, parent: Draft | undefined) {
  const missing = ['type', 'apiVersion', 'name'].filter(key => member(source, key) === undefined)
  if (missing.length > 0) {
    const subject = formatPlace(place)
    const problem = `the resource at ${subject} has no ${missing.map(key => `'${key}'`).join(' and no ')}`
    throw new Refusal(invalidTemplate(subject, { problem, remedy: `Add ${missing.join(', ')}. ${RESOURCE_FORM}` }))
  }
  const ownType = requiredText(source, 'type', place, env).replace(/\/+$/, '')
  const ownName = requiredText(source, 'name', place, env)
  // A nested child may be written short, `subnets` and `s1`, or in full.
  const short = parent !== undefined && !ownType.toLowerCase().startsWith(`${parent.type.toLowerCase()}/`)
  const type = short ? `${parent.type}/${ownType}` : ownType
  const name = short ? `${parent.name}/${ownName}` : ownName
  const apiVersion = requiredText(source, 'apiVersion', place, env)
  return { id: idOf(source, type, name, place, env), type, name, apiVersion }
}

function idOf(source: JsonObject, type: string, name: string, place: Place, env: Environment): string {
  const names = name.split('/')
  const target = targetOf(source, type, place, env)
  const id = type.toLowerCase() === GROUP_TYPE ? groupId(names, env) : resourceIdIn(target, type, names)
  if (id !== undefined && type.includes('/') && names.every(Boolean)) return id
  const subject = formatPlace(place)
  const problem = `the template resource '${clipped(name)}' of type '${clipped(type)}' has incorrect segment lengths. A nested resource type must have identical number of segments as its resource name. A root resource type must have segment length one greater than its resource name`
  const remedy = 'Give one name for each segment of the type after its namespace, joined with "/".'
  throw new Refusal(invalidTemplate(subject, { problem, remedy }))
}

const GROUP_TYPE = 'microsoft.resources/resourcegroups'

/** A resource group's own id, not that of a resource in the subscription. */
function groupId(names: readonly string[], env: Environment): string | undefined {
  const { subscriptionId } = env.facts.scope
  return names.length === 1 ? scopeId({ subscriptionId, resourceGroup: names[0] }) : undefined
}

/** The id under which a resource lies: the deployment's scope, another group or subscription, or another resource. */
function targetOf(source: JsonObject, type: string, place: Place, env: Environment): string {
  const scope = optionalText(source, 'scope', place, env)
  if (scope !== undefined) return scopeFromText(scope, env.facts.scope)
  const subscriptionId = optionalText(source, 'subscriptionId', place, env)
  const resourceGroup = optionalText(source, 'resourceGroup', place, env)
  if (subscriptionId === undefined && resourceGroup === undefined) return scopeId(env.facts.scope)
  const elsewhere = subscriptionId ?? env.facts.scope.subscriptionId
  if (resourceGroup === undefined && type.toLowerCase() !== DEPLOYMENT_TYPE) return scopeId(env.facts.scope)
  return scopeId({ subscriptionId: elsewhere, resourceGroup })
}

/** `scope` is "/" for the tenant, an id, or a resource named within the deployment's scope. */
function scopeFromText(text: string, scope: DeploymentScope): string {
  const trimmed = text.replace(/\/+$/, '')
  if (trimmed === '' || trimmed.startsWith('/')) return trimmed
  const [namespace = '', ...segments] = trimmed.split('/')
  const types = segments.filter((_, i) => i % 2 === 0)
  const names = segments.filter((_, i) => i % 2 === 1)
  const base = namespace.toLowerCase() === 'microsoft.management' ? '' : scopeId(scope)
  return resourceIdIn(base, [namespace, ...types].join('/'), names) ?? `${base}/providers/${trimmed}`
}

function flag(source: JsonObject, key: string, fallback: boolean, place: Place, env: Environment): boolean {
  const written = member(source, key)
  if (written === undefined) return fallback
  const value = evaluateValue(written, placeIn(place, key), env)
  if (typeof value === 'boolean') return value
  throw wrongAt(placeIn(place, key), `it must be a boolean, and is of type ${typeName(value)}`, 'Write true or false.')
}

function requiredText(source: JsonObject, key: string, place: Place, env: Environment): string {
  const text = optionalText(source, key, place, env)
  if (text) return text
  throw wrongAt(placeIn(place, key), 'it must be a string that is not empty', 'Give a string.')
}

function optionalText(source: JsonObject, key: string, place: Place, env: Environment): string | undefined {
  const written = member(source, key) ?? null
  const value = typeof written === 'string' ? textAt(written, placeIn(place, key), env) : written
  if (value === null || typeof value === 'string') return value ?? undefined
  throw wrongAt(placeIn(place, key), `it must be a string, and is of type ${typeName(value)}`, 'Give a string.')
}
