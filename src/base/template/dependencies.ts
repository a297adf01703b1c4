/** Which resource waits for which: `dependsOn`, the batches of serial loops, and what `reference` reads. */
import { runtimeReads } from './body.ts'
import type { Draft } from './draft.ts'
import { evaluate } from './evaluator.ts'
import { ExpressionError } from './expression-error.ts'
import { dependencyAmbiguous, dependencyCircular, dependencyUnknown } from './findings.ts'
import { isArray, type Json, member, typeName } from './json.ts'
import { didYouMean } from './nearest.ts'
import { formatPlace, placeIn } from './place.ts'
import { wrongAt } from './placed.ts'
import { type Gathering, Refusal } from './refusal.ts'
import type { ResourceIndex } from './resource-index.ts'
import { evaluateValue } from './value.ts'

export type Dependencies = ReadonlyMap<Draft, readonly Draft[]>

/** The deployed resources that each deployed resource waits for. */
export function findDependencies(drafts: readonly Draft[], index: ResourceIndex, gathering: Gathering): Dependencies {
  const named = new Map<Draft, readonly Draft[]>()
  for (const draft of drafts) {
    if (!draft.deployed && !draft.existing) continue
    named.set(draft, gathering.try(() => [...declared(draft, index), ...implied(draft, index)]) ?? [])
  }
  const batches = batchesBefore(drafts)
  return new Map(
    drafts
      .filter(({ deployed }) => deployed)
      .map(draft => [draft, [...settle([...(named.get(draft) ?? []), ...(batches.get(draft) ?? [])], named)]]),
  )
}

/** Leaves out what is not deployed; what is only referred to stands for what it waits for itself. */
function settle(drafts: readonly Draft[], named: ReadonlyMap<Draft, readonly Draft[]>): Set<Draft> {
  const settled = new Set<Draft>()
  const seen = new Set<Draft>()
  const follow = (draft: Draft) => {
    if (seen.has(draft)) return
    seen.add(draft)
    if (draft.deployed) settled.add(draft)
    else for (const next of named.get(draft) ?? []) follow(next)
  }
  drafts.forEach(follow)
  return settled
}

function declared(draft: Draft, index: ResourceIndex): Draft[] {
  const written = member(draft.source, 'dependsOn') ?? null
  if (written === null) return []
  const place = placeIn(draft.place, 'dependsOn')
  const value = evaluateValue(written, place, draft.env)
  const texts = (isArray(value) ? value : [value]).flatMap((item): readonly Json[] => (isArray(item) ? item : [item]))
  return texts.flatMap((text, i) => {
    if (text === null) return []
    if (typeof text === 'string') return resolve(text, draft, index)
    const remedy = 'Write names or ids of resources of this template.'
    throw wrongAt(placeIn(place, i), `it must be a string, and is of type ${typeName(text)}`, remedy)
  })
}

function resolve(text: string, draft: Draft, index: ResourceIndex): readonly Draft[] {
  const { drafts, all } = index.find(text)
  const subject = formatPlace(placeIn(draft.place, 'dependsOn'))
  const resource = `${draft.type}/${draft.name}`
  if (drafts.length === 0) {
    const hint = didYouMean(text, index.words())
    throw new Refusal(dependencyUnknown(subject, { resource, dependency: text, hint }))
  }
  if (all) return drafts
  const standing = drafts.filter(({ deployed, existing }) => deployed || existing)
  if (standing.length <= 1) return standing
  const found = standing.map(({ id }) => id)
  throw new Refusal(dependencyAmbiguous(subject, { resource, dependency: text, found }))
}

/**
 * What the resource reads by name or symbol, or by an id without an api-version, which Azure allows only for resources
 * of the same template. "If you pass the resource ID … an implicit reference isn't created" (Azure: resource dependency).
 */
function implied(draft: Draft, index: ResourceIndex): Draft[] {
  return runtimeReads(draft.source, draft.place, draft.env.trees).flatMap(call => {
    const [target] = call.args
    const name = target && knownNow(() => evaluate(target, draft.env))
    if (typeof name !== 'string') return []
    const needsTemplate = call.name.toLowerCase().startsWith('reference') && call.args.length === 1
    return name.startsWith('/') && !needsTemplate ? [] : [...index.find(name).drafts]
  })
}

/** The value, or undefined where it is known only at run time. */
function knownNow(run: () => Json): Json | undefined {
  try {
    return run()
  } catch (error) {
    if (error instanceof ExpressionError || error instanceof Refusal) return undefined
    throw error
  }
}

/** A serial loop deploys a batch when the one before it is done. */
function batchesBefore(drafts: readonly Draft[]): Map<Draft, readonly Draft[]> {
  const before = new Map<Draft, readonly Draft[]>()
  const loops = Map.groupBy(
    drafts.filter(({ deployed, loop }) => deployed && loop?.batchSize !== undefined),
    ({ place, loop }) => `${formatPlace(place)} ${loop?.name}`,
  )
  for (const instances of loops.values()) {
    const size = instances[0]?.loop?.batchSize ?? 1
    for (const [i, draft] of instances.entries()) {
      const start = i - (i % size)
      if (start > 0) before.set(draft, instances.slice(start - size, start))
    }
  }
  return before
}

/** The resources in an order in which each follows all that it waits for; declared order where that is free. */
export function inOrder(dependencies: Dependencies): Draft[] {
  const ordered = new Set<Draft>()
  const path = new Set<Draft>()
  const place = (draft: Draft) => {
    if (ordered.has(draft)) return
    if (path.has(draft)) throw circular([...path], draft)
    path.add(draft)
    for (const dependency of dependencies.get(draft) ?? []) place(dependency)
    path.delete(draft)
    ordered.add(draft)
  }
  for (const draft of dependencies.keys()) place(draft)
  return [...ordered]
}

function circular(path: readonly Draft[], again: Draft): Refusal {
  const cycle = [...path.slice(path.indexOf(again)), again].map(({ type, name }) => `${type}/${name}`)
  return new Refusal(dependencyCircular(formatPlace(again.place), { cycle }))
}
