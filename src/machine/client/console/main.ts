/** Wires the console: one JSON request on standard input, one JSON result on standard output. `hsmnet @console`. */
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { perform } from './acts.ts'
import { type ConsoleResult, consoleRequestSchema } from './requests.ts'

/** Runs inside a host's network namespace, started by the command line: a device is reached from inside the network. */
export async function consoleMain(): Promise<void> {
  const result = await answer(await text(process.stdin))
  process.stdout.write(`${JSON.stringify(result)}\n`)
  process.exitCode = result.ok ? 0 : 1
}

async function answer(input: string): Promise<ConsoleResult> {
  try {
    const request = consoleRequestSchema.safeParse(JSON.parse(input))
    return request.success ? await perform(request.data) : { ok: false, message: z.prettifyError(request.error) }
  } catch (error) {
    // A syntax error would quote its input, and with it perhaps a password.
    const reason = error instanceof SyntaxError ? 'the request is not JSON' : String(error)
    return { ok: false, message: reason }
  }
}
