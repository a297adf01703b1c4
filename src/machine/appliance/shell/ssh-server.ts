/** SSH on port 22 of a device: password, with the change of the delivered one forced, then a shell, one command, or SFTP. */
import { type AddressInfo, createServer, type Server } from 'node:net'
import ssh2, {
  type AuthContext,
  type Connection,
  type KeyboardAuthContext,
  type ServerChannel,
  type Session,
} from 'ssh2'
import type { Device } from '../device.ts'
import { Administrator } from './administrator.ts'
import { changePassword } from './appliance-commands.ts'
import { type NtlsControl, OfficerSession } from './command.ts'
import { serveSftp } from './sftp.ts'
import { ADMINISTRATOR, Shell } from './shell.ts'
import { Terminal } from './terminal.ts'
import type { VirtualDirectory } from './virtual-directory.ts'

const METHODS: ssh2.AuthenticationType[] = ['password', 'keyboard-interactive']
/** Wrong passwords on one connection; OpenSSH asks three times by itself. */
const TRIES = 3
const LOG_IN_WITHIN = 60_000
const MOST_CONNECTIONS = 32

export interface SshOptions {
  readonly device: Device
  readonly ntls: NtlsControl
  readonly directory: VirtualDirectory
  /** PEM or OpenSSH private key. */
  readonly hostKey: string
  readonly address: string
  readonly port: number
}

export class SshServer {
  readonly #options: SshOptions
  readonly #administrator: Administrator
  readonly #server: Server
  readonly #connections = new Set<Connection>()

  constructor(options: SshOptions) {
    this.#options = options
    this.#administrator = new Administrator(options.device)
    const banner = 'Authorized use only. What is done here is recorded.\n'
    const ssh = new ssh2.Server({ hostKeys: [options.hostKey], ident: 'hsmnet', banner }, (connection, info) =>
      this.#accept(connection, info.ip),
    )
    // A login is a row of small packets: with Nagle's algorithm each waits 40 ms for the other side's acknowledgement.
    this.#server = createServer({ noDelay: true }, socket => ssh.injectSocket(socket))
    this.#server.maxConnections = MOST_CONNECTIONS
  }

  /** Answers the port. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.#options.port, this.#options.address, resolve)
    })
    return (this.#server.address() as AddressInfo).port
  }

  close(): void {
    this.#server.close()
    for (const connection of this.#connections) connection.end()
  }

  #accept(connection: Connection, from: string): void {
    this.#connections.add(connection)
    const hurry = setTimeout(() => connection.end(), LOG_IN_WITHIN)
    const login = new Login(this.#administrator, this.#options, from, () => connection.end())
    connection.on('error', () => {})
    connection.on('close', () => {
      clearTimeout(hurry)
      this.#connections.delete(connection)
    })
    connection.on('authentication', context => void login.authenticate(context))
    connection.on('ready', () => {
      clearTimeout(hurry)
      connection.on('session', accept => this.#serve(accept()))
    })
  }

  #serve(session: Session): void {
    let tty = false
    session.on('pty', accept => {
      tty = true
      accept?.()
    })
    session.on('window-change', accept => accept?.())
    session.on('shell', accept => {
      const channel = accept()
      void this.#shell(channel, tty)
        .interact()
        .then(() => finish(channel, 0))
    })
    session.on('exec', (accept, _reject, { command }) => {
      const channel = accept()
      void this.#shell(channel, tty)
        .runOnce(command)
        .then(code => finish(channel, code))
    })
    session.on('sftp', accept => serveSftp(accept(), this.#options.directory))
  }

  #shell(channel: ServerChannel, tty: boolean): Shell {
    const { device, ntls } = this.#options
    return new Shell(new Terminal(channel, tty), { device, ntls, login: new OfficerSession(device) })
  }
}

function finish(channel: ServerChannel, code: number): void {
  channel.exit(code)
  channel.end()
}

/** One connection's way in. */
class Login {
  readonly #administrator: Administrator
  readonly #options: Pick<SshOptions, 'device' | 'ntls'>
  readonly #from: string
  readonly #giveUp: () => void
  #tries = TRIES
  /** The delivered password was right; what is left is to change it. */
  #proven = false

  constructor(
    administrator: Administrator,
    options: Pick<SshOptions, 'device' | 'ntls'>,
    from: string,
    giveUp: () => void,
  ) {
    this.#administrator = administrator
    this.#options = options
    this.#from = from
    this.#giveUp = giveUp
  }

  async authenticate(context: AuthContext): Promise<void> {
    if (context.username !== ADMINISTRATOR) return context.reject(METHODS)
    if (context.method === 'password') await this.#byPassword(context)
    else if (context.method === 'keyboard-interactive') await this.#byPrompts(context)
    else context.reject(METHODS)
  }

  async #byPassword(context: ssh2.PasswordAuthContext): Promise<void> {
    if (!(await this.#verify(context.password))) return context.reject(METHODS)
    if (!this.#administrator.mustChange) return context.accept()
    // Right so far: the client goes on to the method in which it can be asked for another.
    context.reject(['keyboard-interactive'], true)
  }

  async #byPrompts(context: KeyboardAuthContext): Promise<void> {
    if (!this.#proven) {
      const [password = ''] = await ask(context, '', ['Password: '])
      if (!(await this.#verify(password))) return context.reject(METHODS)
    }
    for (let notice = CHANGE; this.#administrator.mustChange; ) {
      const [password = '', again] = await ask(context, notice, ['New password: ', 'Re-enter new password: '])
      const changed = password === again ? await changePassword(this.#options, password) : null
      notice = changed === null ? 'The two entries differ.' : changed.ok ? '' : `Not changed: ${changed.reason}.`
      if (notice !== '' && this.#tries-- <= 0) return this.#refuse(context)
    }
    context.accept()
  }

  async #verify(password: string): Promise<boolean> {
    const right = await this.#administrator.verify(password, this.#from)
    this.#proven = right
    if (!right && --this.#tries <= 0) this.#giveUp()
    return right
  }

  #refuse(context: AuthContext): void {
    context.reject()
    this.#giveUp()
  }
}

const CHANGE =
  'The delivered password must be changed: at least 8 characters, of 3 of lower case, upper case, digits, others.'

function ask(context: KeyboardAuthContext, notice: string, prompts: readonly string[]): Promise<readonly string[]> {
  const hidden = prompts.map(prompt => ({ prompt, echo: false }))
  return new Promise(resolve => context.prompt(hidden, '', notice, answers => resolve(answers ?? [])))
}
