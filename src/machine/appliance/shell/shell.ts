/** The admin shell of a device: reads commands, runs them, and says what became of them as Luna's lunash does. */
import { type Parsed, unparsed } from '../../../base/findings/parsed.ts'
import { applianceCommands } from './appliance-commands.ts'
import { clientCommands } from './client-commands.ts'
import { type Command, type Context, done } from './command.ts'
import { matchCommand, splitWords, usage } from './command-line.ts'
import { hsmCommands } from './hsm-commands.ts'
import { partitionCommands } from './partition-commands.ts'
import type { Terminal } from './terminal.ts'

export const ADMINISTRATOR = 'tenantadmin'

const help: Command = {
  words: ['help'],
  summary: 'Lists the commands',
  options: [],
  async run({ print }) {
    for (const command of allCommands) print(`   ${usage(command)}\n        ${command.summary}`)
    print('   exit')
    return done
  },
}

export const allCommands: readonly Command[] = [
  help,
  ...hsmCommands,
  ...partitionCommands,
  ...clientCommands,
  ...applianceCommands,
]

export class Shell {
  readonly #terminal: Terminal
  readonly #context: Context

  constructor(terminal: Terminal, context: Omit<Context, 'print' | 'ask'>) {
    this.#terminal = terminal
    this.#context = {
      ...context,
      print: line => terminal.print(line),
      ask: (prompt, echo) => terminal.readLine(prompt, echo),
    }
  }

  /** Until `exit`, or until the person is gone. */
  async interact(): Promise<void> {
    const { hostname } = this.#context.device
    this.#terminal.print('\nhsmnet appliance shell, with the commands of Luna lunash. "help" lists them.\n')
    while (!this.#terminal.ended) {
      const line = (await this.#terminal.readLine(`[${hostname}] lunash:>`, true))?.trim()
      if (line === 'exit' || line === 'quit') return
      if (line) await this.#run(line, false)
    }
  }

  /**
   * One command that came as an argument of ssh; answers the exit code. A secret in it has been seen by every process
   * list on its way, so it is refused; at a prompt it may be piped.
   */
  async runOnce(line: string): Promise<number> {
    return (await this.#run(line, true)) ? 0 : 1
  }

  async #run(line: string, fromArguments: boolean): Promise<boolean> {
    const { device, print } = this.#context
    const words = splitWords(line)
    const match = words.ok ? matchCommand(allCommands, words.value) : words
    if (!match.ok) return this.#conclude(unparsed(`${match.reason}. "help" lists the commands`))
    const { command, options } = match.value
    const exposed = command.options.find(({ name, secret }) => secret === true && options.has(name))
    const result =
      fromArguments && exposed
        ? unparsed(`-${exposed.name} is a secret and must not be an argument of a program; leave it out and be asked`)
        : await command.run(this.#context, options)
    const name = command.words.join(' ')
    device.audit.record({ event: 'command', user: ADMINISTRATOR, command: name, result: result.ok ? 'done' : 'failed' })
    if (result.ok && command.options.length > 0) print(`'${name}' successful.`)
    return this.#conclude(result)
  }

  #conclude(result: Parsed<null>): boolean {
    if (!result.ok) this.#terminal.print(`Error: ${result.reason}.`)
    this.#terminal.print(`\nCommand Result : ${result.ok ? '0 (Success)' : '65535 (Luna Shell execution)'}`)
    return result.ok
  }
}
