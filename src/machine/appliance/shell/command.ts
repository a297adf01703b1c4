/** What a command of the admin shell is: a specification and what it does, with a person at the other end. */
import { type Parsed, parsed, unparsed } from '../../../base/findings/parsed.ts'
import type { Device } from '../device.ts'
import type { CommandSpec, Options } from './command-line.ts'

/** The service on 1792, as far as an administrator deals with it. */
export interface NtlsControl {
  readonly listening: boolean
  listen(): Promise<void>
  readonly fingerprint: string
}

export interface Context {
  readonly device: Device
  readonly ntls: NtlsControl
  readonly login: OfficerSession
  print(line: string): void
  /** Null where the person went away or gave up. */
  ask(prompt: string, echo: boolean): Promise<string | null>
}

export interface Command extends CommandSpec {
  /** Not ok: why it was not done, in words for the person. */
  run(context: Context, options: Options): Promise<Parsed<null>>
}

export const done: Parsed<null> = parsed(null)

/** Whether this SSH session is logged in as the HSM's officer. A login is to one HSM: zeroized, it is over. */
export class OfficerSession {
  readonly #device: Device
  #loggedInTo: string | null = null

  constructor(device: Device) {
    this.#device = device
  }

  get open(): boolean {
    return this.#loggedInTo !== null && this.#loggedInTo === this.#identity()
  }

  enter(): void {
    this.#loggedInTo = this.#identity()
  }

  leave(): void {
    this.#loggedInTo = null
  }

  /** The salt of the officer's password: another HSM, or the same one initialized again, has another. */
  #identity(): string | null {
    return this.#device.record.hsm?.officer.salt ?? null
  }
}

/** Refuses what only the HSM's officer may do. */
export function officerOnly({ device, login }: Context): Parsed<null> {
  if (!device.record.hsm) return unparsed('the HSM is zeroized; initialize it first: hsm init -label <label>')
  return login.open ? done : unparsed('the HSM officer is not logged in: hsm login')
}

/** Asks for a new secret twice. */
export async function askNew({ ask }: Context, what: string): Promise<Parsed<string>> {
  const first = await ask(`Please enter ${what}: `, false)
  const second = await ask(`Please re-enter ${what} to confirm: `, false)
  if (first === null || second === null) return unparsed('nothing was entered')
  return first === second ? parsed(first) : unparsed('the two entries differ')
}

/** Luna's way of making sure: the word `proceed`. `-force` stands for it. */
export async function confirmed(context: Context, options: Options, consequence: string): Promise<boolean> {
  if (options.has('force')) return true
  context.print(`CAUTION:  ${consequence}`)
  context.print("Type 'proceed' to continue, or 'quit' to quit now.")
  return (await context.ask('> ', true))?.trim() === 'proceed'
}

export const FORCE = { name: 'force' } as const
export const NOT_CONFIRMED = unparsed('it was not confirmed')
