/** Template and parameter files on their way to a deployment. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { readJson } from '../base/template/json-reader.ts'
import { EXIT } from './exit-codes.ts'
import { Failure } from './failure.ts'

export interface TemplateFile {
  readonly file: string
  /** A deployment's name: the file's, without its end. */
  readonly name: string
  /** As written: az and we send templates that are not quite JSON. */
  readonly text: string
  /** Those of the given parameters that this template declares. */
  readonly parameters: { readonly [name: string]: unknown }
}

/** Reads templates, and hands each the parameters that it declares out of all the files given. */
export function readTemplates(files: readonly string[], parameterFiles: readonly string[]): TemplateFile[] {
  const given = new Map<string, { readonly name: string; readonly value: unknown; used: boolean }>()
  for (const file of parameterFiles) {
    const parameters = memberOf(parse(file).value, 'parameters')
    for (const [name, value] of Object.entries(isObject(parameters) ? parameters : {})) {
      given.set(name.toLowerCase(), { name, value, used: false })
    }
  }
  const names = new Set<string>()
  const templates = files.map((file): TemplateFile => {
    const { value, text } = parse(file)
    const declared = memberOf(value, 'parameters')
    const parameters: { [name: string]: unknown } = {}
    for (const name of Object.keys(isObject(declared) ? declared : {})) {
      const match = given.get(name.toLowerCase())
      if (!match) continue
      match.used = true
      parameters[match.name] = match.value
    }
    return { file, name: deploymentName(file, names), text, parameters }
  })
  const unused = [...given.values()].filter(({ used }) => !used).map(({ name }) => name)
  if (unused.length > 0) {
    throw new Failure({
      code: 'InvalidTemplate',
      message: `No template declares the parameter(s) ${unused.join(', ')}.`,
      remedy: 'Remove them from the parameter file, or declare them.',
    })
  }
  return templates
}

/** A deployment's body. The template goes as text, so that the server alone decides what it reads. */
export function deploymentBody({ text, parameters }: TemplateFile): string {
  return `{"properties":{"mode":"Incremental","parameters":${JSON.stringify(parameters)},"template":${text}\n}}`
}

function parse(file: string): { readonly text: string; readonly value: unknown } {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const message = `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`
    throw new Failure({ code: 'FileNotReadable', message, remedy: 'Check the path.' }, EXIT.usage)
  }
  const read = readJson(text)
  if (!read.ok) {
    throw new Failure({
      code: 'InvalidTemplate',
      message: `${file}: ${read.reason}.`,
      remedy: 'Correct the JSON there.',
    })
  }
  return { text, value: read.value.value }
}

/** azure-facts C6.5: 1 to 64 letters, digits, "_", ".", "-". */
function deploymentName(file: string, taken: Set<string>): string {
  const folder = path.basename(path.dirname(path.resolve(file)))
  const base = path.basename(file).replace(/\.[^.]*$/, '')
  const plain = `${folder}-${base}`.replaceAll(/[^A-Za-z0-9_.-]/g, '-').slice(0, 60)
  let name = plain
  for (let at = 2; taken.has(name); at++) name = `${plain}-${at}`
  taken.add(name)
  return name
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined
}
