/** What can be asked of `hsmnet @console`: one JSON object on standard input, secrets included; never an argument. */
import { z } from 'zod'
import { isTypable } from './console.ts'

const typed = z.string().min(1).max(255).refine(isTypable, 'must be typable: no control characters')
/** A name in a command line: the device is stricter, but here it must not end the word. */
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)

const device = {
  address: z.string(),
  port: z.int().default(22),
  user: z.string().default('tenantadmin'),
  password: typed,
  /** Used where the device still has the delivered password. */
  newPassword: typed.optional(),
  hostKey: z.string().optional(),
}

export const consoleRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('show'), ...device }),
  /** A zeroized HSM gets its officer, its cloning domain, and where named a partition. */
  z.strictObject({
    kind: z.literal('init'),
    ...device,
    soPassword: typed,
    label: z.string().regex(/^[\x21\x23-\x7e]{1,32}$/),
    domain: typed,
    partition: name.optional(),
  }),
  /** Registers the client's certificate and assigns it the partition; answers the device's certificate. */
  z.strictObject({
    kind: z.literal('register'),
    ...device,
    clientName: name,
    certificate: z.string(),
    hostname: name,
    partition: name,
  }),
  /** By the officer where the password is given; without, by three wrong logins, the documented way (A9.2). */
  z.strictObject({ kind: z.literal('zeroize'), ...device, soPassword: typed.optional() }),
  /** Any commands, in one session; each with what to type at its prompts. */
  z.strictObject({
    kind: z.literal('run'),
    ...device,
    commands: z.array(z.strictObject({ command: typed, answers: z.array(typed).default([]) })),
  }),
])

export type ConsoleRequest = z.infer<typeof consoleRequestSchema>

export type ConsoleResult =
  | {
      readonly ok: true
      readonly hostKey: string
      /** What the device printed, a command each. */
      readonly outputs: readonly string[]
      /** Of `register`. */
      readonly serverCertificate?: string
    }
  | { readonly ok: false; readonly message: string; readonly hostKey?: string }
