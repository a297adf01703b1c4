/** The acts of a person at a device's console, each a row of commands. */
import { isIP } from 'node:net'
import { Console, ConsoleError, type PromptAnswer } from './console.ts'
import type { ConsoleRequest, ConsoleResult } from './requests.ts'

type Request<K extends ConsoleRequest['kind']> = Extract<ConsoleRequest, { kind: K }>

/** Logs in, does what is asked, logs out. What goes wrong is in the result. */
export async function perform(request: ConsoleRequest): Promise<ConsoleResult> {
  let console: Console | null = null
  try {
    const { address, port, user, password, newPassword, hostKey } = request
    console = await Console.open({
      address,
      port,
      user,
      password,
      ...(newPassword === undefined ? {} : { newPassword }),
      ...(hostKey === undefined ? {} : { hostKey }),
    })
    return { ok: true, hostKey: console.hostKey, ...(await act(console, request)) }
  } catch (error) {
    if (!(error instanceof ConsoleError)) throw error
    return { ok: false, message: error.message, ...(console ? { hostKey: console.hostKey } : {}) }
  } finally {
    console?.close()
  }
}

type Done = Pick<Extract<ConsoleResult, { ok: true }>, 'outputs' | 'serverCertificate'>

async function act(console: Console, request: ConsoleRequest): Promise<Done> {
  switch (request.kind) {
    case 'show':
      return { outputs: [await mustDo(console, 'hsm show')] }
    case 'init':
      return { outputs: await initialise(console, request) }
    case 'register':
      return await register(console, request)
    case 'zeroize':
      return { outputs: await zeroize(console, request) }
    case 'run':
      return { outputs: await runAll(console, request) }
  }
}

async function initialise(console: Console, request: Request<'init'>): Promise<string[]> {
  const { label, soPassword, domain, partition } = request
  const outputs = [
    await mustDo(console, `hsm init -label "${label}"`, [
      { prompt: /domain/i, answer: domain },
      { prompt: /password/i, answer: soPassword },
      PROCEED,
    ]),
  ]
  if (partition === undefined) return outputs
  outputs.push(await mustDo(console, 'hsm login', [{ prompt: /password/i, answer: soPassword }]))
  outputs.push(await mustDo(console, `partition create -partition ${partition}`))
  return outputs
}

async function register(console: Console, request: Request<'register'>): Promise<Done> {
  const { clientName, certificate, hostname, partition } = request
  await console.send(`${clientName}.pem`, certificate)
  const outputs = [
    // A client that is registered by its address is served at that address alone (azure-facts H7.5).
    await mustDo(console, `client register -client ${clientName} ${isIP(hostname) ? '-ip' : '-hostname'} ${hostname}`),
    await mustDo(console, `client assignPartition -client ${clientName} -partition ${partition}`),
  ]
  return { outputs, serverCertificate: (await console.fetch('server.pem')).toString('utf8') }
}

async function zeroize(console: Console, { soPassword }: Request<'zeroize'>): Promise<string[]> {
  if (soPassword !== undefined) {
    return [
      await mustDo(console, 'hsm login', [{ prompt: /password/i, answer: soPassword }]),
      await mustDo(console, 'hsm zeroize', [PROCEED]),
    ]
  }
  const outputs: string[] = []
  for (let wrong = 0; wrong < 3; wrong++) {
    // Not a password that could be somebody's: it has one class of characters.
    outputs.push((await console.run('hsm login', [{ prompt: /password/i, answer: 'wrong' }])).output)
    if (/HSM is zeroized;|HSM IS ZEROIZED/.test(outputs.at(-1) ?? '')) return outputs
  }
  throw new ConsoleError('three wrong logins did not zeroize the HSM')
}

async function runAll(console: Console, { commands }: Request<'run'>): Promise<string[]> {
  const outputs: string[] = []
  for (const { command, answers } of commands) {
    const left = [...answers]
    outputs.push(await mustDo(console, command, [{ prompt: /./, answer: () => left.shift() ?? null }]))
  }
  return outputs
}

async function mustDo(console: Console, command: string, answers: readonly PromptAnswer[] = []): Promise<string> {
  const { done, output } = await console.run(command, answers)
  if (done) return output
  // The command's own words hold nothing secret: secrets are typed at prompts, and the device echoes none.
  throw new ConsoleError(output.match(/^Error: (.*)$/m)?.[1] ?? `"${command}" failed`)
}

const PROCEED: PromptAnswer = { prompt: /^> $/, answer: 'proceed' }
