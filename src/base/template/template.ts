/** The sections of a template: raw JSON in, what the rest of the package reads out. */
import { MAX_SIZE, MAX_VALUE_DEPTH, weigh } from './budget.ts'
import { invalidTemplate, limitExceeded } from './findings.ts'
import { isArray, isObject, type Json, type JsonArray, type JsonObject, member, typeName } from './json.ts'
import { didYouMean } from './nearest.ts'
import { Gathering, Refusal } from './refusal.ts'

export interface Template {
  readonly definitions: JsonObject
  readonly functions: JsonArray
  readonly parameters: JsonObject
  readonly variables: JsonObject
  /** An object keyed by symbolic name where languageVersion is 2.0, else an array. */
  readonly resources: JsonArray | JsonObject
  readonly outputs: JsonObject
}

/** Azure: limits of ARM templates. Resources are counted when loops are expanded. */
const LIMITS = { parameters: 256, variables: 256, outputs: 64 } as const

const SECTIONS = [
  '$schema',
  'contentVersion',
  'languageVersion',
  'apiProfile',
  'metadata',
  'definitions',
  'functions',
  'parameters',
  'variables',
  'resources',
  'outputs',
]

/** Sections that Azure has and that would change what the others mean: refused rather than passed over. */
const UNSUPPORTED = ['imports', 'extensions', 'asserts']

/** Reads the sections; refuses with everything that is missing, misplaced or of the wrong kind. */
export function readTemplate(template: Json): Template {
  if (!isObject(template)) {
    throw new Refusal(shape('template', `a template must be an object, and it is of type ${typeName(template)}`))
  }
  const gathering = new Gathering()
  const { size, depth } = weigh(template)
  if (depth > MAX_VALUE_DEPTH) throw new Refusal(shape('template', `it is nested more than ${MAX_VALUE_DEPTH} deep`))
  if (size > MAX_SIZE) {
    gathering.add(limitExceeded('template', { what: 'characters of the template', limit: MAX_SIZE, actual: size }))
  }
  for (const key of Object.keys(template)) {
    if (SECTIONS.some(name => name.toLowerCase() === key.toLowerCase())) continue
    const unsupported = UNSUPPORTED.includes(key.toLowerCase())
    const problem = unsupported ? `the section '${key}' is not supported here` : `a template has no section '${key}'`
    gathering.add(shape(key, `${problem}${unsupported ? '' : didYouMean(key, SECTIONS)}`))
  }
  for (const key of ['$schema', 'contentVersion', 'resources']) {
    if (member(template, key) === undefined) {
      gathering.add(shape('template', `the required property '${key}' was not found`))
    }
  }

  const object = (name: string): JsonObject => {
    const section = member(template, name)
    if (isObject(section)) return section
    if (section !== undefined)
      gathering.add(shape(name, `${name} must be an object, and is of type ${typeName(section)}`))
    return {}
  }
  const sections: Template = {
    definitions: object('definitions'),
    functions: arrayOf(template, 'functions', gathering),
    parameters: object('parameters'),
    variables: object('variables'),
    resources: resourcesOf(template, gathering),
    outputs: object('outputs'),
  }
  for (const [name, limit] of Object.entries(LIMITS)) {
    const actual = Object.keys(sections[name as keyof typeof LIMITS]).length
    if (actual > limit) gathering.add(limitExceeded(name, { what: name, limit, actual }))
  }
  gathering.settle()
  return sections
}

function resourcesOf(template: JsonObject, gathering: Gathering): JsonArray | JsonObject {
  const resources = member(template, 'resources')
  if (!isObject(resources)) return arrayOf(template, 'resources', gathering)
  const version = member(template, 'languageVersion')
  if (typeof version === 'string' && Number.parseFloat(version) >= 1.9) return resources
  gathering.add(shape('resources', 'resources can be an object only where languageVersion is 2.0'))
  return []
}

function arrayOf(template: JsonObject, name: string, gathering: Gathering): JsonArray {
  const section = member(template, name)
  if (isArray(section)) return section
  if (section !== undefined && section !== null) {
    gathering.add(shape(name, `${name} must be an array, and is of type ${typeName(section)}`))
  }
  return []
}

function shape(subject: string, problem: string) {
  return invalidTemplate(subject, { problem, remedy: 'See https://aka.ms/arm-syntax for the form of a template.' })
}
