/** The variables of a template, each evaluated when first used. */
import type { Environment } from './environment.ts'
import { ExpressionError } from './expression-error.ts'
import { isArray, isObject, type Json, type JsonObject, member } from './json.ts'
import { lazy } from './lazy.ts'
import { readPropertyLoop } from './loop.ts'
import { placeIn } from './place.ts'
import { wrongAt } from './placed.ts'
import type { Gathering } from './refusal.ts'
import { evaluateLoop, evaluateValue } from './value.ts'

const ROOT = placeIn(undefined, 'variables')

export interface Variables {
  readonly names: readonly string[]
  /** By a name in any case; undefined for one that is not declared. */
  value(name: string): Json | undefined
}

/** `env` is what variables can see: no loop, nothing at run time. */
export function declareVariables(section: JsonObject, env: () => Environment, gathering: Gathering): Variables {
  const variables = new Map<string, { readonly name: string; readonly value: () => Json }>()
  const declare = (name: string, make: () => Json) => {
    const onCycle = (): never => {
      throw new ExpressionError(`the variable '${name}' depends on itself`)
    }
    variables.set(name.toLowerCase(), { name, value: lazy(make, onCycle) })
  }

  for (const [name, value] of Object.entries(section)) {
    if (name.toLowerCase() !== 'copy' || !isArray(value)) {
      declare(name, () => evaluateValue(value, placeIn(ROOT, name), env()))
      continue
    }
    for (const [i, item] of value.entries()) {
      const place = placeIn(placeIn(ROOT, name), i)
      const loopName = isObject(item) ? member(item, 'name') : undefined
      gathering.try(() => {
        if (typeof loopName !== 'string') throw wrongAt(place, 'a copy loop must have a name', 'Add a "name".')
        declare(loopName, () => evaluateLoop(readPropertyLoop(item, place, env()), 'property', env()))
      })
    }
  }

  return {
    names: Array.from(variables.values(), ({ name }) => name),
    value: name => variables.get(name.toLowerCase())?.value(),
  }
}
