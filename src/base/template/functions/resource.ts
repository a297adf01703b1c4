/** Functions that name resources and read them. */
import type { DeclaredResource, Environment, Runtime } from '../environment.ts'
import { ExpressionError } from '../expression-error.ts'
import { isObject, type Json, type JsonObject, member } from '../json.ts'
import { clipped } from '../prose.ts'
import { type DeploymentScope, resourceIdIn, scopeId, scopeOf } from '../resource-id.ts'
import { answer } from './deployment.ts'
import { ANY, type Family, fn, optional, type TemplateFunction, text, unavailable } from './function.ts'

export const resourceFunctions: Family = {
  resourceId: fn(2, ANY, (args, env) => resourceId(args, env)),
  subscriptionResourceId: fn(2, ANY, (args, env) => subscriptionResourceId(args, env)),
  tenantResourceId: fn(2, ANY, args => identifier('', args, 0)),
  managementGroupResourceId: fn(2, ANY, (args, env) => managementGroupResourceId(args, env)),
  extensionResourceId: fn(3, ANY, args => identifier(text(args, 0).replace(/\/+$/, ''), args, 1)),
  resourceGroup: fn(0, 0, (_, env) => answer(env.facts.resourceGroup)),
  subscription: fn(0, 0, (_, env) => answer(env.facts.subscription)),
  managementGroup: fn(0, 0, (_, env) => answer(env.facts.managementGroup)),
  tenant: fn(0, 0, (_, env) => answer(env.facts.tenant)),
  reference: fn(1, 3, (args, env) => {
    const { read } = runtime(env)
    const target = single(text(args, 0), env)
    return reference(target.id, optional(args, 1, text) ?? target.apiVersion, isFull(args, 2), read)
  }),
  references: fn(1, 2, (args, env) => {
    const { read } = runtime(env)
    const found = env.names.resources(text(args, 0))
    return found.map(({ id, apiVersion }) => reference(id, apiVersion, isFull(args, 1), read))
  }),
  pickZones: unavailable('the zones of Azure regions'),
  toLogicalZone: unavailable('the zone mapping of a subscription'),
  toLogicalZones: unavailable('the zone mapping of a subscription'),
  toPhysicalZone: unavailable('the zone mapping of a subscription'),
  toPhysicalZones: unavailable('the zone mapping of a subscription'),
  providers: unavailable('the list of Azure resource providers'),
}

/** `listKeys`, `listSecrets` and any other: a POST of that name to a resource, by id or name. */
export function listFunction(action: string): TemplateFunction {
  return fn(1, 3, (args, env) => {
    const { list } = runtime(env)
    const target = single(text(args, 0), env)
    const apiVersion = optional(args, 1, text) ?? target.apiVersion ?? ''
    const found = list(target.id, action, apiVersion, args[2])
    if (found === undefined) throw new ExpressionError('the resource it names was not found, or has no such action')
    return found
  })
}

/** resourceId([subscriptionId], [resourceGroupName], type, name, …): the type is the first argument with a slash. */
function resourceId(args: readonly Json[], env: Environment): string {
  const typeAt = args.findIndex(argument => typeof argument === 'string' && argument.includes('/'))
  if (typeAt < 0 || typeAt > 2) throw new ExpressionError('none of its first three arguments is a resource type')
  return identifier(scopeId(namedScope(args.slice(0, typeAt), env)), args, typeAt)
}

function namedScope(args: readonly Json[], env: Environment): DeploymentScope {
  const { scope } = env.facts
  if (args.length === 0) return scope
  if (args.length === 2) return { subscriptionId: text(args, 0), resourceGroup: text(args, 1) }
  const only = text(args, 0)
  const isSubscription =
    scope.resourceGroup === undefined && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(only)
  return isSubscription ? { subscriptionId: only } : { subscriptionId: scope.subscriptionId, resourceGroup: only }
}

function subscriptionResourceId(args: readonly Json[], env: Environment): string {
  const explicit = !text(args, 0).includes('/')
  const subscriptionId = explicit ? text(args, 0) : env.facts.scope.subscriptionId
  if (subscriptionId === undefined) throw new ExpressionError('this deployment is not in a subscription')
  return identifier(scopeId({ subscriptionId }), args, explicit ? 1 : 0)
}

function managementGroupResourceId(args: readonly Json[], env: Environment): string {
  const explicit = !text(args, 0).includes('/')
  const managementGroup = explicit ? text(args, 0) : env.facts.scope.managementGroup
  if (managementGroup === undefined) throw new ExpressionError('this deployment is not in a management group')
  return identifier(scopeId({ managementGroup }), args, explicit ? 1 : 0)
}

function identifier(scope: string, args: readonly Json[], typeAt: number): string {
  const type = text(args, typeAt)
  const names = args.slice(typeAt + 1).map((_, i) => text(args, typeAt + 1 + i))
  const id = resourceIdIn(scope, type, names)
  if (id !== undefined) return id
  const wanted = type.split('/').filter(Boolean).length - 1
  throw new ExpressionError(`the resource type takes ${wanted} resource names, and ${names.length} are given`)
}

/** What `reference` and `list…` are given: an id, or the name of a resource in the template. */
function single(name: string, env: Environment): { readonly id: string; readonly apiVersion?: string } {
  if (name.startsWith('/')) return env.names.resources(name)[0] ?? { id: name }
  const found: readonly DeclaredResource[] = env.names.resources(name)
  const [only] = found
  if (only === undefined) throw new ExpressionError('it names no resource of the template, and is not a resource id')
  if (found.length > 1)
    throw new ExpressionError('it names several resources; give the id of one, or its index in the loop')
  return only
}

function isFull(args: readonly Json[], index: number): boolean {
  return optional(args, index, text)?.toLowerCase() === 'full'
}

function runtime(env: Environment): Runtime {
  if (env.runtime === undefined) {
    throw new ExpressionError(
      'it is not expected at this location: it can be used only in the properties of a resource and in outputs',
    )
  }
  return env.runtime
}

/** A resource's properties or, in full, its body with the facts that Azure adds. */
function reference(id: string, apiVersion: string | undefined, full: boolean, read: Runtime['read']): Json {
  const body = read(id, apiVersion)
  if (body === undefined) throw new ExpressionError(`the resource '${clipped(id)}' was not found`)
  if (!full) {
    const properties = member(body, 'properties')
    return isObject(properties) ? properties : {}
  }
  const { subscriptionId, resourceGroup } = scopeOf(id)
  const facts: [string, Json | undefined][] = [
    ['apiVersion', apiVersion],
    ['resourceId', id.replace(/^.*\/providers\//i, '')],
    ['subscriptionId', subscriptionId],
    ['resourceGroupName', resourceGroup],
  ]
  const known = facts.filter((fact): fact is [string, Json] => fact[1] !== undefined)
  return { ...body, ...(Object.fromEntries(known) satisfies JsonObject) }
}
