/** What an expression can see where it stands. */
import type { Budget } from './budget.ts'
import type { Expression } from './expression.ts'
import type { Json, JsonObject } from './json.ts'
import type { DeploymentScope } from './resource-id.ts'

/** What holds for the whole of a deployment and is known before it starts. */
export interface DeploymentFacts {
  readonly scope: DeploymentScope
  /** What the functions of these names answer; absent where the scope has none, as `resourceGroup` at a subscription. */
  readonly deployment: JsonObject
  readonly resourceGroup?: JsonObject
  readonly subscription?: JsonObject
  readonly managementGroup?: JsonObject
  readonly tenant?: JsonObject
  readonly environment?: JsonObject
  readonly deployer?: JsonObject
  /** For `utcNow`: one moment for the whole deployment. */
  readonly now: Date
  /** For `newGuid`. */
  readonly newGuid: () => string
}

/** What can be read once resources stand. Answers undefined for what is not there. */
export interface Runtime {
  /** A resource's whole body as GET shows it: id, name, type, location, properties… */
  readonly read: (id: string, apiVersion: string | undefined) => JsonObject | undefined
  /** The answer of POST id/action, as `listKeys`; `body` is the third argument of the function. */
  readonly list: (id: string, action: string, apiVersion: string, body: Json | undefined) => Json | undefined
}

/** A resource that the template declares or, marked `existing`, refers to. */
export interface DeclaredResource {
  readonly id: string
  readonly apiVersion: string
}

export interface UserFunction {
  readonly parameters: readonly string[]
  evaluate(args: ReadonlyMap<string, Json>, env: Environment): Json
}

/** What names mean. Each answers undefined for a name that the template does not declare. */
export interface Names {
  parameter(name: string): Json | undefined
  variable(name: string): Json | undefined
  /** Names declared, for "did you mean". */
  readonly parameters: readonly string[]
  readonly variables: readonly string[]
  userFunction(namespace: string, name: string): UserFunction | undefined
  /** What a bare or symbolic name in `reference` stands for; every instance where it names a copy loop. */
  resources(name: string): readonly DeclaredResource[]
}

/** One turn of a copy loop. */
export interface Turn {
  readonly name: string
  readonly index: number
  /** Loops on resources and outputs are what `copyIndex()` without a name means. */
  readonly kind: 'resource' | 'property'
}

export interface Environment {
  readonly facts: DeploymentFacts
  /** Absent until resources are deployed: then `reference` and `list…` are refused. */
  readonly runtime: Runtime | undefined
  readonly names: Names
  /** Outermost first. */
  readonly turns: readonly Turn[]
  /** The variables of lambdas around the expression, by lower-case name. */
  readonly locals: ReadonlyMap<string, Json>
  /** True in the default value of a parameter, the one place for `newGuid` and `utcNow`. */
  readonly inDefault: boolean
  readonly budget: Budget
  /** Trees by text: a loop evaluates the same text hundreds of times. */
  readonly trees: Map<string, Expression>
}
