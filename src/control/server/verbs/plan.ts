/** `plan`: what templates would change and every finding, touching nothing. */
import { z } from 'zod'
import type { Finding } from '../../../base/findings/finding.ts'
import { recordedOnly } from '../../../model/findings/request.ts'
import { planOf } from '../../../model/plan/compile.ts'
import type { Document, DocumentSet } from '../../../model/resources/document.ts'
import { findResourceType } from '../../../model/resources/registry.ts'
import { groupId, parseResourceId } from '../../../model/resources/resource-id.ts'
import { admit } from '../../admit/admit.ts'
import { countedChoices } from '../../admit/choices.ts'
import { rehearse } from '../../deployments/rehearse.ts'
import { readDeploymentRequest } from '../../deployments/request.ts'
import { verb } from './verb.ts'

const request = z.object({
  group: z.string(),
  location: z.string(),
  deployments: z.array(z.looseObject({ name: z.string() })),
})

/** The moment of every plan: the same question gets the same answer. */
const PAPER_MOMENT = '2026-01-01T00:00:00.000Z'

export const planVerb = verb(request, async ({ plane, subscriptionId }, body) => {
  const { group, location, deployments } = body
  const facts = { ...plane.facts(), ready: () => true }
  const choices = countedChoices()
  const findings: Finding[] = []
  const before = plane.world
  let world = before
  const id = parseResourceId(groupId(subscriptionId, group))
  if (id.ok && !world.documents.get('Microsoft.Resources/resourceGroups', id.value.key)) {
    const admitted = admit(world, { kind: 'put', id: id.value, body: { location } }, facts, choices)
    findings.push(...admitted.findings)
    world = admitted.world
  }
  for (const deployment of deployments) {
    const read = readDeploymentRequest(deployment, deployment.name)
    if (!read.ok) {
      findings.push(...read.findings)
      continue
    }
    const place = {
      name: deployment.name,
      subscriptionId,
      resourceGroup: group,
      correlationId: deployment.name,
      startedAt: PAPER_MOMENT,
    }
    const rehearsal = rehearse(read.value, place, { world, facts, choices })
    findings.push(...rehearsal.findings)
    world = rehearsal.world
  }
  const changes = changesBetween(before.documents, world.documents)
  findings.push(...recordedOnlyFindings(changes))
  return {
    ok: true,
    body: {
      changes: changes.map(({ document, change }) => ({ id: document.id, type: document.type, change })),
      findings,
      plan: planOf(world.plan),
    },
  }
})

interface DocumentDifference {
  readonly document: Document
  readonly change: 'Create' | 'Modify' | 'Delete'
}

function changesBetween(before: DocumentSet, after: DocumentSet): DocumentDifference[] {
  const changes: DocumentDifference[] = []
  for (const document of after.all()) {
    const was = before.get(document.type, document.key)
    if (!was) changes.push({ document, change: 'Create' })
    else if (was !== document && contentOf(was) !== contentOf(document)) changes.push({ document, change: 'Modify' })
  }
  for (const document of before.all()) {
    if (!after.get(document.type, document.key)) changes.push({ document, change: 'Delete' })
  }
  return changes
}

/** A new etag alone is no change that anybody asked for. */
function contentOf({ assigned: { etag: _etag, ...assigned }, ...rest }: Document): string {
  return JSON.stringify({ ...rest, assigned })
}

function recordedOnlyFindings(changes: readonly DocumentDifference[]): Finding[] {
  return changes.flatMap(({ document, change }) => {
    const what = findResourceType(document.type)?.recordedOnly
    return what === undefined || change === 'Delete' ? [] : [recordedOnly(document.id, { type: document.type, what })]
  })
}
