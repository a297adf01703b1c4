/** Command lines of the admin shell, as Luna's lunash reads them: words and options may be shortened while unique. */
import { type Parsed, parsed, unparsed } from '../../../base/findings/parsed.ts'

export interface OptionSpec {
  /** Without its dash. */
  readonly name: string
  /** What its value is, for `help`; absent for an option that is only there or not. */
  readonly value?: string
  readonly required?: boolean
  /** A password: it can be typed at a prompt instead, and must be where a command comes as an argument of ssh. */
  readonly secret?: boolean
}

export interface CommandSpec {
  /** `hsm show` is ['hsm', 'show']. */
  readonly words: readonly string[]
  readonly summary: string
  readonly options: readonly OptionSpec[]
}

/** Values by option name; '' for an option that has none. */
export type Options = ReadonlyMap<string, string>

export interface Match<C extends CommandSpec> {
  readonly command: C
  readonly options: Options
}

/** Splits at blanks; double quotes keep blanks in a word. */
export function splitWords(line: string): Parsed<readonly string[]> {
  if ((line.match(/"/g) ?? []).length % 2 === 1) return unparsed('a quote is not closed')
  const words = line.match(/(?:[^\s"]|"[^"]*")+/g) ?? []
  return parsed(words.map(word => word.replaceAll('"', '')))
}

/** Finds the command that the words name, and reads its options. */
export function matchCommand<C extends CommandSpec>(
  commands: readonly C[],
  words: readonly string[],
): Parsed<Match<C>> {
  let candidates = commands
  let depth = 0
  while (!candidates.some(({ words }) => words.length === depth)) {
    const word = words[depth]
    const choices = [...new Set(candidates.map(({ words }) => words[depth] ?? ''))]
    if (word === undefined || word.startsWith('-')) return unparsed(`the command goes on with ${list(choices)}`)
    const chosen = pick(choices, word)
    if (!chosen.ok) return unparsed(`"${words.slice(0, depth + 1).join(' ')}": ${chosen.reason}`)
    candidates = candidates.filter(({ words }) => words[depth] === chosen.value)
    depth++
  }
  const [command] = candidates
  if (!command) return unparsed('there is no such command')
  const options = readOptions(command, words.slice(depth))
  return options.ok ? parsed({ command, options: options.value }) : options
}

function readOptions({ options: specs }: CommandSpec, words: readonly string[]): Parsed<Options> {
  const options = new Map<string, string>()
  const rest = [...words]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!word.startsWith('-')) return unparsed(`"${word}" is not an option`)
    const names = specs.map(({ name }) => name)
    const name = pick(names, word.slice(1))
    if (!name.ok) return unparsed(`"${word}": ${name.reason}`)
    if (options.has(name.value)) return unparsed(`-${name.value} is given twice`)
    const takesValue = specs.some(spec => spec.name === name.value && spec.value !== undefined)
    const value = takesValue ? rest.shift() : ''
    if (value === undefined) return unparsed(`-${name.value} needs a value`)
    options.set(name.value, value)
  }
  const missing = specs.find(({ name, required }) => required === true && !options.has(name))
  return missing ? unparsed(`-${missing.name} is missing`) : parsed(options)
}

/** The choice that is meant: the same word, or the only one that begins with it, in any case of letters. */
function pick(choices: readonly string[], word: string): Parsed<string> {
  const typed = word.toLowerCase()
  const exact = choices.find(choice => choice.toLowerCase() === typed)
  if (exact !== undefined) return parsed(exact)
  const matching = typed === '' ? [] : choices.filter(choice => choice.toLowerCase().startsWith(typed))
  const [only] = matching
  if (only !== undefined && matching.length === 1) return parsed(only)
  return unparsed(matching.length === 0 ? `one of ${list(choices)} is expected` : `it may be ${list(matching)}`)
}

function list(choices: readonly string[]): string {
  return choices.join(', ')
}

/** `client register -client <name> …`, for help. */
export function usage({ words, options }: CommandSpec): string {
  const shown = options.map(({ name, value, required }) => {
    const option = value === undefined ? `-${name}` : `-${name} <${value}>`
    return required === true ? option : `[${option}]`
  })
  return [...words, ...shown].join(' ')
}
