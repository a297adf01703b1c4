/** An agent of its own, in either mode, for one suite: how tests talk to it, look at it and get rid of it. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { readJsonLines, writeJsonLine } from '../../src/base/process/json-lines.ts'
import { type RunResult, run } from '../../src/base/process/run.ts'
import { hashName, type StatePaths, statePaths } from '../../src/base/process/state.ts'
import { type EnterOptions, enterHost, type Invocation } from '../../src/machine/agent/enter.ts'
import { namespaceName } from '../../src/machine/agent/kernel/names.ts'
import type { AgentAnswer, AgentRequest, HostPlace } from '../../src/machine/agent/protocol.ts'
import { answerSchema, eventSchema } from '../../src/machine/agent/protocol.ts'
import type { Plan } from '../../src/model/plan/plan.ts'
import type { ElementStatus, Status } from '../../src/model/plan/status.ts'

export type Mode = 'root' | 'rootless'

/** An ordinary user without an account, for the rootless rows when root runs the suite. */
const ORDINARY = 65534
const PROGRAMS = ['/usr/bin/bwrap', '/usr/sbin/ip', '/usr/sbin/nft', '/usr/lib/softhsm/libsofthsm2.so']
const PATIENCE = 30_000

const isRoot = process.getuid?.() === 0

/** Both as root; an ordinary user has rootless alone. */
export const modes: readonly Mode[] = isRoot ? ['root', 'rootless'] : ['rootless']

/** Why the suite cannot run here, or false. */
export function skipReason(): string | false {
  const missing = PROGRAMS.filter(program => !existsSync(program))
  return missing.length === 0 ? false : `missing on this machine: ${missing.join(', ')}`
}

/** A request without its number. */
type Question = AgentRequest extends infer R ? (R extends AgentRequest ? Omit<R, 'seq'> : never) : never

export class TestAgent {
  readonly mode: Mode
  readonly paths: StatePaths
  owner = ''
  /** The last status of every element. */
  readonly elements = new Map<string, ElementStatus>()
  #last: Status | null = null
  #socket: Socket | null = null
  #seq = 0
  #waiting = new Map<number, (answer: AgentAnswer | null) => void>()
  readonly #onStatus = new Set<() => void>()

  constructor(mode: Mode) {
    this.mode = mode
    // A path that any unquoted word of a shell would break on.
    const root = mkdtempSync(path.join(tmpdir(), "hsmnet engine's-"))
    if (mode === 'rootless' && isRoot) chownSync(root, ORDINARY, ORDINARY)
    this.paths = statePaths(root)
  }

  /** Starts the agent, or finds the one that runs, and connects. */
  async start(): Promise<void> {
    const started = await this.asOwner([
      process.execPath,
      path.join(import.meta.dirname, 'instance.ts'),
      'start',
      this.paths.root,
    ])
    if (started.code !== 0) throw new Error(started.stderr)
    this.owner = readFileSync(this.paths.ownerFile, 'utf8').trim()
    await this.connect()
    await this.ask({ op: 'hello', owner: this.owner })
    await this.ask({ op: 'watch' })
  }

  async connect(): Promise<void> {
    const socket = connect(this.paths.agentSocket)
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    const waiting = new Map<number, (answer: AgentAnswer | null) => void>()
    this.#socket?.destroy()
    this.#socket = socket
    this.#waiting = waiting
    readJsonLines(socket, {
      onValue: value => this.#receive(value),
      onEnd: () => {
        for (const settle of waiting.values()) settle(null)
      },
    })
  }

  /** Null when the agent ended the connection instead. */
  ask(question: Question): Promise<AgentAnswer | null> {
    return this.askAnything(question)
  }

  askAnything(question: object): Promise<AgentAnswer | null> {
    const seq = this.#seq++
    return new Promise(resolve => {
      if (!this.#socket || this.#socket.destroyed) return resolve(null)
      this.#waiting.set(seq, resolve)
      writeJsonLine(this.#socket, { seq, ...question })
    })
  }

  /** Sends a plan and waits until everything of it is ready or failed. */
  async realise(revision: number, plan: Plan): Promise<void> {
    const answer = await this.ask({ op: 'plan', revision, plan })
    if (!answer?.ok) throw new Error(answer?.message ?? 'the agent hung up')
    await this.until('everything is settled', () => this.#last?.revision === revision && this.#last.settled)
  }

  /** Waits for a status that makes `condition` true. */
  async until(what: string, condition: () => boolean | undefined): Promise<void> {
    if (condition()) return
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!condition()) return
        clearTimeout(timer)
        this.#onStatus.delete(look)
        resolve()
      }
      const timer = setTimeout(() => {
        this.#onStatus.delete(look)
        const open = [...this.elements.values()].filter(element => element.state !== 'ready')
        reject(new Error(`not in ${PATIENCE} ms: ${what}; ${JSON.stringify(open)}`))
      }, PATIENCE)
      this.#onStatus.add(look)
    })
  }

  /** As the user whose instance it is. */
  asOwner([program = '', ...args]: readonly string[], input = ''): Promise<RunResult> {
    if (this.mode === 'root' || !isRoot) return run(program, args, { input })
    const user = [`--reuid=${ORDINARY}`, `--regid=${ORDINARY}`, '--clear-groups']
    return run('setpriv', [...user, program, ...args], { input })
  }

  /** With the agent's own privileges, in its namespaces: what somebody does by hand. */
  byHand(command: readonly string[], input = ''): Promise<RunResult> {
    if (this.mode === 'root') return this.asOwner(command, input)
    const instance = `${this.instancePid()}`
    const enter = ['nsenter', '-t', instance, '-U', '-m', '-n', '-p', '--preserve-credentials', '--']
    return this.asOwner([...enter, 'env', 'PATH=/usr/sbin:/usr/bin', ...command], input)
  }

  /** In one of its network namespaces, by the plan id of a router or endpoint. */
  inside(id: string, command: readonly string[]): Promise<RunResult> {
    return this.byHand(['nsenter', `--net=/run/netns/${this.namespace(id)}`, ...command])
  }

  namespace(id: string): string {
    return namespaceName(this.owner, id)
  }

  instancePid(): number {
    return (JSON.parse(readFileSync(path.join(this.paths.instance, 'holder.json'), 'utf8')) as { pid: number }).pid
  }

  async place(id: string): Promise<HostPlace> {
    const answer = await this.ask({ op: 'host', id })
    if (!answer?.ok || !answer.host) throw new Error(`no host ${id}: ${JSON.stringify(answer)}`)
    return answer.host
  }

  /** A program in a host, as `hsmnet exec` runs it. */
  async exec(
    id: string,
    command: readonly string[],
    options: Partial<EnterOptions> & { input?: string } = {},
  ): Promise<RunResult> {
    const { input, ...rest } = options
    const { program, args } = enterHost(await this.place(id), command, { tty: false, env: {}, ...rest })
    return this.asOwner([program, ...args], input)
  }

  async invocation(id: string, command: readonly string[], options: EnterOptions): Promise<Invocation> {
    const { program, args } = enterHost(await this.place(id), command, options)
    if (this.mode === 'root' || !isRoot) return { program, args }
    const user = [`--reuid=${ORDINARY}`, `--regid=${ORDINARY}`, '--clear-groups']
    return { program: '/usr/bin/setpriv', args: [...user, program, ...args] }
  }

  /** Pids as this machine sees them of the living processes that bear a mark, with the element each is. */
  marked(): { pid: number; resource: string; network: string }[] {
    const found = readdirSync('/proc').flatMap(name => {
      if (!/^\d+$/.test(name)) return []
      try {
        const environment = readFileSync(`/proc/${name}/environ`, 'latin1').split('\0')
        if (!environment.includes(`HSMNET_OWNER=${this.owner}`)) return []
        const resource = environment.find(line => line.startsWith('HSMNET_RESOURCE='))?.slice(16) ?? ''
        return [{ pid: Number(name), resource, network: readlinkSync(`/proc/${name}/ns/net`) }]
      } catch {
        return []
      }
    })
    return found.toSorted((a, b) => a.pid - b.pid)
  }

  pidOf(id: string): number {
    const found = this.marked().find(process => process.resource === id)
    if (!found) throw new Error(`no process of ${id}`)
    return found.pid
  }

  /** Everything that must not change when nothing is to be done: processes, namespaces, links, rules with handles. */
  async snapshot(plan: Plan): Promise<string[]> {
    const parts = Object.values(plan.parts)
    const ids = parts.flatMap(part => [...part.routers, ...part.endpoints].map(element => element.id))
    const script = `for n; do stat -L -c %i /run/netns/$n; ip -n $n -o link; ip -n $n -o -4 addr; ip -n $n route show table all; ip -n $n rule
      nsenter --net=/run/netns/$n nft -a list ruleset | sed 's/packets [0-9]* bytes [0-9]*//'; done`
    const kernel = await this.byHand(['sh', '-c', script, 'sh', ...ids.map(id => this.namespace(id))])
    const processes = this.marked().map(({ pid, resource, network }) => `${pid} ${resource} ${network}`)
    return [...processes, ...kernel.stdout.split('\n')]
  }

  agentPid(): number {
    const found = readdirSync('/proc').find(name => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, 'latin1').split('\0')
        return command.includes('@agent') && command.includes(this.paths.root) && command[0] === process.execPath
      } catch {
        return false
      }
    })
    if (found === undefined) throw new Error('no agent runs')
    return Number(found)
  }

  hostFiles(id: string): string {
    return path.join(this.paths.hosts, hashName(id))
  }

  /** Takes everything down and removes the state directory, whatever happened before. */
  async remove(): Promise<void> {
    if (!this.#socket || this.#socket.destroyed) await this.start()
    await this.ask({ op: 'down', purge: true })
    this.#socket?.destroy()
    await this.asOwner([process.execPath, path.join(import.meta.dirname, 'instance.ts'), 'end', this.paths.root])
    rmSync(this.paths.root, { recursive: true, force: true })
  }

  #receive(value: unknown): void {
    const event = eventSchema.safeParse(value)
    if (!event.success) {
      const answer = answerSchema.parse(value)
      this.#waiting.get(answer.seq)?.(answer)
      this.#waiting.delete(answer.seq)
      return
    }
    this.#last = event.data.status
    for (const element of this.#last.elements) this.elements.set(element.id, element)
    for (const id of this.#last.removed) this.elements.delete(id)
    for (const look of this.#onStatus) look()
  }
}

/** Fails with the lines that differ, and those alone. */
export function assertSameLines(actual: readonly string[], expected: readonly string[]): void {
  const differ = (these: readonly string[], those: readonly string[]) => these.filter(line => !those.includes(line))
  assert.deepEqual({ more: differ(actual, expected), less: differ(expected, actual) }, { more: [], less: [] })
}

/** Runs to the end on a terminal of its own; `keys` are typed once `prompt` was printed. */
export function onTerminal(
  { program, args }: Invocation,
  steps: readonly { readonly prompt: string; readonly keys: string }[] = [],
): Promise<RunResult> {
  const quoted = [program, ...args].map(word => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
  const child = spawn('script', ['-qec', quoted, '/dev/null'], { stdio: ['pipe', 'pipe', 'pipe'] })
  let stdout = ''
  let next = 0
  let read = 0
  child.stdout.on('data', chunk => {
    stdout += String(chunk)
    for (let step = steps[next]; step && stdout.indexOf(step.prompt, read) !== -1; step = steps[next]) {
      read = stdout.indexOf(step.prompt, read) + step.prompt.length
      child.stdin.write(step.keys)
      next++
    }
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
  return new Promise(resolve =>
    child.once('close', code => {
      clearTimeout(timer)
      resolve({ code: code ?? 137, stdout, stderr: '' })
    }),
  )
}

/** Asks again until the answer is right: for what the agent repairs when it next looks. */
export async function eventually<T>(what: string, ask: () => Promise<T>, right: (answer: T) => boolean): Promise<T> {
  for (const end = Date.now() + PATIENCE; ; ) {
    const answer = await ask()
    if (right(answer)) return answer
    if (Date.now() > end) throw new Error(`not in ${PATIENCE} ms: ${what}; last: ${JSON.stringify(answer)}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
