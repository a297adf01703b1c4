/**
 * Drives a device's admin shell as a person would: logs in by SSH, changes the delivered password when asked, types
 * commands, answers prompts, sends and fetches files.
 */
import ssh2, { type Client, type ClientChannel, type SFTPWrapper } from 'ssh2'

export interface ConsoleOptions {
  readonly address: string
  readonly port: number
  readonly user: string
  readonly password: string
  /** For a device that still has the delivered password. */
  readonly newPassword?: string
  /** The key that was seen the first time, base64; absent on the first time. */
  readonly hostKey?: string
}

/** What a person would be told: in words, with nothing secret in it. */
export class ConsoleError extends Error {}

export interface CommandResult {
  readonly done: boolean
  readonly output: string
}

/** What to type when a prompt matches; the first that matches is taken. Null: nothing is left to type. */
export interface PromptAnswer {
  readonly prompt: RegExp
  readonly answer: string | (() => string | null)
}

/** Key derivation, a full device, a zeroize of ten partitions: none of it takes long. */
const COMMAND_WITHIN = 60_000
const LOG_IN_WITHIN = 20_000
const SHELL_PROMPT = /\[[^\]\n]*\] lunash:>$/
/** A prompt stands at the end of the output, on a line of its own. */
const ANY_PROMPT = /(?:: |> )$/

export class Console {
  /** The device's host key, base64: to be kept, and given the next time. */
  readonly hostKey: string
  readonly #client: Client
  readonly #shell: ClientChannel
  #output = ''
  #closed = false
  #heard: () => void = () => {}

  private constructor(client: Client, shell: ClientChannel, hostKey: string) {
    this.#client = client
    this.#shell = shell
    this.hostKey = hostKey
    shell.on('data', (chunk: Buffer) => {
      this.#output += chunk.toString('utf8')
      this.#heard()
    })
    shell.on('close', () => {
      this.#closed = true
      this.#heard()
    })
  }

  /** Rejects with ConsoleError. */
  static async open(options: ConsoleOptions): Promise<Console> {
    const { client, hostKey } = await logIn(options)
    try {
      const shell = await promised<ClientChannel>(done => client.shell(false, done))
      const console = new Console(client, shell, hostKey)
      await console.#untilPrompt([])
      return console
    } catch (error) {
      client.end()
      throw error
    }
  }

  /** Types one command, and the answers that it asks for. Rejects with ConsoleError where it asks for something else. */
  async run(command: string, answers: readonly PromptAnswer[] = []): Promise<CommandResult> {
    this.#shell.write(`${command}\n`)
    const output = (await this.#untilPrompt(answers)).replace(SHELL_PROMPT, '').trim()
    return { done: /Command Result : 0 \(Success\)/.test(output), output }
  }

  async fetch(file: string): Promise<Buffer> {
    return await this.#withSftp(sftp => promised<Buffer>(done => sftp.readFile(file, done)))
  }

  async send(file: string, content: string): Promise<void> {
    await this.#withSftp(sftp =>
      promised<undefined>(done => sftp.writeFile(file, content, error => done(error, undefined))),
    )
  }

  close(): void {
    this.#client.end()
  }

  async #untilPrompt(answers: readonly PromptAnswer[]): Promise<string> {
    const end = performance.now() + COMMAND_WITHIN
    for (let seen = ''; ; ) {
      const text = this.#output
      if (SHELL_PROMPT.test(text)) {
        this.#output = ''
        return seen + text
      }
      if (this.#closed) throw new ConsoleError('the device closed the connection')
      if (ANY_PROMPT.test(text)) {
        const prompt = text.slice(text.lastIndexOf('\n') + 1)
        const found = answers.find(one => one.prompt.test(prompt))?.answer ?? null
        const answer = typeof found === 'function' ? found() : found
        if (answer === null) throw new ConsoleError(`the device asks "${prompt.trim()}", which was not expected`)
        seen += text
        this.#output = ''
        this.#shell.write(`${answer}\n`)
      }
      await this.#more(end)
    }
  }

  async #more(end: number): Promise<void> {
    const left = end - performance.now()
    if (left <= 0) throw new ConsoleError('the device does not answer')
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, left)
      this.#heard = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  async #withSftp<T>(work: (sftp: SFTPWrapper) => Promise<T>): Promise<T> {
    const sftp = await promised<SFTPWrapper>(done => this.#client.sftp(done))
    try {
      return await work(sftp)
    } finally {
      sftp.end()
    }
  }
}

/** A line of a shell is ended by Enter: an answer that holds one would type more than it is. */
export function isTypable(text: string): boolean {
  return !/[\x00-\x1f\x7f]/.test(text)
}

async function logIn(options: ConsoleOptions): Promise<{ readonly client: Client; readonly hostKey: string }> {
  const { address, port, user, password, newPassword, hostKey } = options
  const client = new ssh2.Client()
  let shown = ''
  let refusal = 'the device refuses the password'
  const changed = newPassword ?? ''
  client.on('keyboard-interactive', (_name, _instructions, _language, prompts, finish) => {
    const asksNew = prompts.some(({ prompt }) => /new/i.test(prompt))
    if (asksNew && newPassword === undefined) {
      refusal = 'the device still has the delivered password, and wants a new one'
      client.end()
      return
    }
    finish(prompts.map(({ prompt }) => (/new/i.test(prompt) ? changed : password)))
  })
  const ready = new Promise<void>((resolve, reject) => {
    client.on('ready', resolve)
    client.on('error', error => reject(new ConsoleError(said(error, refusal))))
    client.on('close', () => reject(new ConsoleError(refusal)))
  })
  client.connect({
    host: address,
    port,
    username: user,
    password,
    tryKeyboard: true,
    readyTimeout: LOG_IN_WITHIN,
    hostVerifier: (key: Buffer) => {
      shown = key.toString('base64')
      if (hostKey === undefined || hostKey === shown) return true
      refusal = 'the device shows another host key than before'
      return false
    },
  })
  client.setNoDelay(true)
  await ready
  client.on('error', () => {})
  return { client, hostKey: shown }
}

/** The two failures that a person can mend are named; others as they come. */
function said(error: Error & { readonly level?: string }, refusal: string): string {
  return error.level === 'client-authentication' || error.level === 'handshake' ? refusal : error.message
}

function promised<T>(call: (done: (error: Error | null | undefined, value: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) =>
    call((error, value) => (error ? reject(new ConsoleError(error.message)) : resolve(value))),
  )
}
