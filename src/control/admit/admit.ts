/**
 * The one pipeline of PUT, PATCH, DELETE, deployments and what-if: documents and a change go in, other documents or
 * findings come out. Pure; nothing has happened until the caller stores what it answers.
 */
import { type Finding, refuses } from '../../base/findings/finding.ts'
import { notPlannable, resourceGroupNotFound, resourceNotFound } from '../../model/findings/request.ts'
import { planSchema } from '../../model/plan/plan.ts'
import type { Document, DocumentChange } from '../../model/resources/document.ts'
import { groupKeyOf, type ResourceId } from '../../model/resources/resource-id.ts'
import type { Change, Facts } from '../../model/rules/rule.ts'
import { judge } from '../../model/rules/rules.ts'
import type { Choices } from './choices.ts'
import { withNetworkEtag } from './network-etag.ts'
import { type Precondition, unmetPrecondition } from './precondition.ts'
import { putDocuments } from './put-documents.ts'
import { groupFindings, removedDocuments } from './removed-documents.ts'
import { changeWorld, type World } from './world.ts'

export type AdmitRequest = (
  | { readonly kind: 'put'; readonly id: ResourceId; readonly body: unknown }
  | { readonly kind: 'tags'; readonly id: ResourceId; readonly tags: { readonly [name: string]: string } }
  | { readonly kind: 'delete'; readonly id: ResourceId }
) & {
  readonly precondition?: Precondition
}

export interface Admission {
  /** The world after; the same value as before where nothing changed or a finding refuses. */
  readonly world: World
  readonly changes: readonly DocumentChange[]
  readonly findings: readonly Finding[]
  /** Of a put: the document as it is now. */
  readonly document: Document | null
  readonly created: boolean
}

export function admit(world: World, request: AdmitRequest, facts: Facts, choices: Choices): Admission {
  const unmet = request.precondition && unmetPrecondition(world, request.id, request.precondition)
  if (unmet) return { world, changes: [], findings: [unmet], document: null, created: false }
  const proposed = propose(world, request, choices)
  const nothing = { world, changes: [], document: proposed.document, created: false }
  if (refuses(proposed.findings) || proposed.changes.length === 0) return { ...nothing, findings: proposed.findings }

  const after = changeWorld(world, proposed.changes)
  const change: Change = {
    before: world.topology,
    after: after.topology,
    documents: after.documents,
    put: proposed.changes.flatMap(({ kind, document }) => (kind === 'put' ? [document] : [])),
    removed: proposed.changes.flatMap(({ kind, document }) => (kind === 'delete' ? [document] : [])),
    facts,
  }
  const judged = judge(change)
  const findings = [
    ...proposed.findings,
    ...(isGroupDelete(request) ? groupFindings(request.id, change, judged) : judged),
    ...(refuses(judged) ? [] : unspeakable(world, after, request.id)),
  ]
  if (refuses(findings)) return { ...nothing, findings }
  return { world: after, changes: proposed.changes, findings, document: proposed.document, created: proposed.created }
}

interface Proposal {
  readonly changes: readonly DocumentChange[]
  readonly findings: readonly Finding[]
  readonly document: Document | null
  readonly created: boolean
}

function propose(world: World, request: AdmitRequest, choices: Choices): Proposal {
  const { id } = request
  const refuse = (finding: Finding): Proposal => ({ changes: [], findings: [finding], document: null, created: false })
  const group = groupKeyOf(id.key)
  if (group !== id.key && !world.documents.get('Microsoft.Resources/resourceGroups', group)) {
    return refuse(resourceGroupNotFound(id.text, { group: id.resourceGroup }))
  }
  switch (request.kind) {
    case 'put':
      return putDocuments(world, id, request.body, choices)
    case 'tags': {
      const previous = world.documents.get(id.type, id.key)
      if (!previous) return refuse(notFound(id))
      if (JSON.stringify(previous.tags) === JSON.stringify(request.tags)) {
        return { changes: [], findings: [], document: previous, created: false }
      }
      const assigned = { ...previous.assigned, etag: choices.guid() }
      const document = { ...previous, tags: request.tags, assigned }
      return { changes: [{ kind: 'put', document }], findings: [], document, created: false }
    }
    case 'delete': {
      const removed = removedDocuments(world, id).map(document => ({ kind: 'delete', document }) as const)
      return { changes: withNetworkEtag(world, removed, choices), findings: [], document: null, created: false }
    }
    default:
      return request satisfies never
  }
}

/**
 * The last lock: a part that does not fit the closed schema of plans would be refused by every agent, and with it all
 * that comes after. No rule should let one through; this says so at once and of the one who asked.
 */
function unspeakable(before: World, after: World, id: ResourceId): Finding[] {
  for (const [key, { part }] of after.plan.parts) {
    if (before.plan.parts.get(key)?.part === part) continue
    const parsed = planSchema.shape.parts.valueType.safeParse(part)
    if (!parsed.success) return [notPlannable(id.text, { reason: parsed.error.issues[0]?.message ?? 'unknown' })]
  }
  return []
}

/** What a GET of a missing document says, too. */
export function notFound(id: ResourceId): Finding {
  return resourceNotFound(id.text, { type: id.type, name: id.name, group: id.resourceGroup })
}

function isGroupDelete(request: AdmitRequest): boolean {
  return request.kind === 'delete' && request.id.key === groupKeyOf(request.id.key)
}
