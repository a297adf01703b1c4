/**
 * Expands a template into the resources it declares: the entry of this package.
 *
 * All that can be known before anything is deployed is found here, names, loops, conditions and order among it. What
 * reads other resources cannot: so a resource's body and the outputs are functions, called when what they wait for is
 * done. A nested deployment is a resource like any other; its body's `properties` hold a template to expand in turn.
 */
import { evaluateBody, runtimeReads } from './body.ts'
import { Budget } from './budget.ts'
import { checkExpressions } from './check.ts'
import { findDependencies, inOrder } from './dependencies.ts'
import { type Draft, draftResources } from './draft.ts'
import type { DeploymentFacts, Environment, Names, Runtime } from './environment.ts'
import type { Expression } from './expression.ts'
import { resourceRepeated } from './findings.ts'
import type { Json, JsonObject } from './json.ts'
import { checkOutputs, evaluateOutputs } from './outputs.ts'
import { declareParameters } from './parameters.ts'
import { formatPlace } from './place.ts'
import { Gathering, type Outcome, outcomeOf } from './refusal.ts'
import { idKey } from './resource-id.ts'
import { ResourceIndex } from './resource-index.ts'
import { readTemplate } from './template.ts'
import { declareUserFunctions } from './user-functions.ts'
import { declareVariables } from './variables.ts'

export interface ResourceDeclaration {
  readonly id: string
  readonly type: string
  readonly apiVersion: string
  /** In full: `vnet1/subnet1`. */
  readonly name: string
  /** Where the template declares it, as findings name it: `resources[0]`. */
  readonly place: string
  /** The ids of the resources of this template that must be done first. */
  readonly dependsOn: readonly string[]
  /** True where the body reads other resources, so that it can only be evaluated once `dependsOn` are done. */
  readonly readsOthers: boolean
  /** The body of the PUT: location, tags, properties… `runtime` may be left out where the body reads nothing. */
  readonly body: (runtime?: Runtime) => Outcome<JsonObject>
}

export interface ExpandedTemplate {
  /** {name: {type, value}}, secure ones without their value: as a GET of the deployment shows them. */
  readonly parameters: JsonObject
  /** What is to be deployed, each after all that it depends on. Conditions that are false have left theirs out. */
  readonly resources: readonly ResourceDeclaration[]
  /** {name: {type, value}}, likewise. */
  readonly outputs: (runtime: Runtime) => Outcome<JsonObject>
}

/**
 * Expands a template with the parameters given to it, {name: {value}}. Refuses with findings that name their places;
 * costs at most a bounded amount of work, whatever the template.
 */
export function expandTemplate(source: Json, given: JsonObject, facts: DeploymentFacts): Outcome<ExpandedTemplate> {
  return outcomeOf(() => {
    const template = readTemplate(source)
    const gathering = new Gathering()
    const trees = new Map<string, Expression>()
    const userFunction = declareUserFunctions(template.functions, gathering)
    checkExpressions(template, { trees, userFunction, gathering })
    checkOutputs(template.outputs, template.definitions, gathering)
    gathering.settle()

    // These see each other by name, in any order: each is declared first, and evaluated when it is first asked for.
    const parameters = declareParameters(template.parameters, given, template.definitions, () => env, gathering)
    const variables = declareVariables(template.variables, () => env, gathering)
    let index = new ResourceIndex([])
    const names: Names = {
      parameters: parameters.names,
      variables: variables.names,
      parameter: parameters.value,
      variable: variables.value,
      userFunction,
      resources: name => index.standing(name),
    }
    const locals = new Map<string, Json>()
    const budget = new Budget()
    const env: Environment = { facts, runtime: undefined, names, turns: [], locals, inDefault: false, budget, trees }
    gathering.settle()
    parameters.check(gathering)
    gathering.settle()

    const drafts = draftResources(template.resources, env, gathering)
    refuseRepeated(drafts, gathering)
    gathering.settle()
    index = new ResourceIndex(drafts)
    const dependencies = findDependencies(drafts, index, gathering)
    gathering.settle()

    return {
      parameters: parameters.shown(),
      resources: inOrder(dependencies).map(draft => declarationOf(draft, dependencies.get(draft) ?? [])),
      outputs: runtime => outcomeOf(() => evaluateOutputs(template.outputs, template.definitions, { ...env, runtime })),
    }
  })
}

function refuseRepeated(drafts: readonly Draft[], gathering: Gathering): void {
  const first = new Map<string, Draft>()
  for (const draft of drafts) {
    if (!draft.deployed) continue
    const key = idKey(draft.id)
    const before = first.get(key)
    if (before === undefined) first.set(key, draft)
    else {
      const names = { resource: `${draft.type}/${draft.name}`, first: formatPlace(before.place) }
      gathering.add(resourceRepeated(formatPlace(draft.place), names))
    }
  }
}

function declarationOf(draft: Draft, dependencies: readonly Draft[]): ResourceDeclaration {
  const { id, type, apiVersion, name } = draft
  const readsOthers = runtimeReads(draft.source, draft.place, draft.env.trees).length > 0
  const evaluate = (runtime?: Runtime) => outcomeOf(() => evaluateBody(draft, runtime))
  let known: Outcome<JsonObject> | undefined
  return {
    id,
    type,
    apiVersion,
    name,
    place: formatPlace(draft.place),
    dependsOn: dependencies.map(dependency => dependency.id),
    readsOthers,
    body: runtime => {
      if (readsOthers) return evaluate(runtime)
      known ??= evaluate()
      return known
    },
  }
}
