/**
 * The netns engine: an agent on this machine, talked to over its unix socket. The agent outlives us; when it dies it is
 * started again, takes the plan anew and says all that it sees.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { readJsonLines, writeJsonLine } from '../../base/process/json-lines.ts'
import {
  type AgentAnswer,
  type AgentRequest,
  answerSchema,
  eventSchema,
  type HostPlace,
} from '../../machine/agent/protocol.ts'
import type { Plan } from '../../model/plan/plan.ts'
import type { DeviceState, Status } from '../../model/plan/status.ts'
import type { Engine } from './engine.ts'
import { StatusQueue } from './status-queue.ts'

/** A request without its number. */
type Question = AgentRequest extends infer R ? (R extends AgentRequest ? Omit<R, 'seq'> : never) : never

export interface NetnsEngineOptions {
  readonly socket: string
  readonly owner: string
  /** Starts an agent where none answers; resolves once it listens. */
  readonly startAgent: () => Promise<void>
  /** Ends what an agent leaves behind when it has taken everything down: the instance holder, where there is one. */
  readonly endInstance: () => Promise<void>
  readonly onTrouble?: (trouble: string) => void
}

/** After a lost connection the next try waits this long, and twice as long after each that follows at once. */
const RETRY_MILLISECONDS = 50
const LONGEST_RETRY_MILLISECONDS = 5_000
const ANSWER_MILLISECONDS = 30_000
/** How long a question waits for an agent that is just being started. */
const CONNECT_MILLISECONDS = 15_000

export class NetnsEngine implements Engine {
  readonly name = 'netns'
  trouble: string | null = 'the agent has not answered yet'
  readonly #options: NetnsEngineOptions
  readonly #queue = new StatusQueue()
  readonly #pending = new Map<number, (answer: AgentAnswer | null) => void>()
  #socket: Socket | null = null
  #connected: Promise<void>
  #markConnected: () => void = () => {}
  #seq = 0
  #wanted: { plan: Plan; revision: number } | null = null
  #closed = false
  /** Connections lost since a plan was taken. */
  #failures = 0
  /** Whether the last plan sent was refused. */
  #refused = false
  /** Ids of the elements that the last statuses spoke of, so that one that is silently gone after a lost connection is missed. */
  readonly #present = new Set<string>()
  #firstOfConnection = true

  constructor(options: NetnsEngineOptions) {
    this.#options = options
    this.#connected = this.#nextConnection()
    void this.#connect()
  }

  realise(plan: Plan, revision: number): void {
    this.#wanted = { plan, revision }
    if (this.#socket) void this.#sendPlan()
  }

  statuses(): AsyncIterable<Status> {
    return this.#queue
  }

  async device(id: string): Promise<DeviceState | null> {
    await this.#whenConnected()
    const answer = await this.#ask({ op: 'device', id })
    return answer?.ok ? (answer.device ?? null) : null
  }

  async host(id: string): Promise<HostPlace | null> {
    await this.#whenConnected()
    const answer = await this.#ask({ op: 'host', id })
    return answer?.ok ? (answer.host ?? null) : null
  }

  async down(purge: boolean): Promise<void> {
    if (!(await this.#whenConnected())) throw new Error(this.trouble ?? 'the agent does not answer')
    this.#closed = true
    const ended = this.#socket && once(this.#socket, 'close')
    const answer = await this.#ask({ op: 'down', purge })
    if (answer && !answer.ok) {
      this.#closed = false
      throw new Error(answer.message)
    }
    // It answers when nothing stands any more, and ends after that: until then it holds files of the state directory.
    await ended
    this.close()
    await this.#options.endInstance()
  }

  close(): void {
    this.#closed = true
    this.#socket?.destroy()
    this.#queue.end()
  }

  /** False where none came in time. */
  #whenConnected(): Promise<boolean> {
    const late = new Promise<boolean>(resolve => {
      setTimeout(() => resolve(false), CONNECT_MILLISECONDS).unref()
    })
    return Promise.race([this.#connected.then(() => true), late])
  }

  #nextConnection(): Promise<void> {
    return new Promise(resolve => {
      this.#markConnected = resolve
    })
  }

  async #connect(): Promise<void> {
    while (!this.#closed) {
      const socket = await openSocket(this.#options.socket)
      if (socket && (await this.#greet(socket))) return
      try {
        await this.#options.startAgent()
      } catch (error) {
        this.#setTrouble(error instanceof Error ? error.message : String(error))
      }
      const again = await openSocket(this.#options.socket)
      if (again && (await this.#greet(again))) return
      await this.#pause()
    }
  }

  async #pause(): Promise<void> {
    const milliseconds = Math.min(RETRY_MILLISECONDS * 2 ** this.#failures++, LONGEST_RETRY_MILLISECONDS)
    await new Promise(resolve => setTimeout(resolve, milliseconds))
  }

  async #greet(socket: Socket): Promise<boolean> {
    readJsonLines(socket, { onValue: value => this.#receive(value), onEnd: () => this.#lost(socket) })
    this.#socket = socket
    const hello = await this.#ask({ op: 'hello', owner: this.#options.owner })
    if (!hello?.ok) {
      this.#setTrouble(hello ? hello.message : 'the agent closed the connection')
      this.#socket = null
      socket.destroy()
      return false
    }
    if (!this.#refused) this.trouble = null
    this.#firstOfConnection = true
    if (this.#wanted) await this.#sendPlan()
    await this.#ask({ op: 'watch' })
    this.#markConnected()
    return true
  }

  #lost(socket: Socket): void {
    if (this.#socket !== socket) return
    this.#socket = null
    for (const answer of this.#pending.values()) answer(null)
    this.#pending.clear()
    if (this.#closed) return
    // An agent that closes on a plan does so again: what it said of the plan stays the trouble until one is taken.
    if (!this.#refused) this.#setTrouble('the agent died and is being started again')
    this.#connected = this.#nextConnection()
    void this.#pause().then(() => this.#connect())
  }

  async #sendPlan(): Promise<void> {
    const wanted = this.#wanted
    if (!wanted) return
    const answer = await this.#ask({ op: 'plan', plan: wanted.plan, revision: wanted.revision })
    if (this.#wanted !== wanted) return
    this.#refused = !answer?.ok
    if (answer?.ok) {
      this.#failures = 0
      this.trouble = null
    } else this.#setTrouble(`the agent refused the plan: ${answer?.message ?? 'it closed the connection'}`)
  }

  #ask(question: Question): Promise<AgentAnswer | null> {
    const socket = this.#socket
    if (!socket) return Promise.resolve(null)
    const seq = ++this.#seq
    return new Promise(resolve => {
      const limit = setTimeout(() => settle(null), ANSWER_MILLISECONDS)
      const settle = (answer: AgentAnswer | null) => {
        clearTimeout(limit)
        this.#pending.delete(seq)
        resolve(answer)
      }
      this.#pending.set(seq, settle)
      writeJsonLine(socket, { ...question, seq })
    })
  }

  #receive(value: unknown): void {
    const answer = answerSchema.safeParse(value)
    if (answer.success) {
      this.#pending.get(answer.data.seq)?.(answer.data)
      return
    }
    const event = eventSchema.safeParse(value)
    if (event.success) this.#queue.push(this.#withVanished(event.data.status))
    else this.#setTrouble('the agent speaks another version of the protocol')
  }

  /** The first status of a connection holds everything: what it leaves out went while nobody told us. */
  #withVanished(status: Status): Status {
    const ids = new Set(status.elements.map(({ id }) => id))
    const vanished = this.#firstOfConnection ? [...this.#present].filter(id => !ids.has(id)) : []
    this.#firstOfConnection = false
    const removed = [...status.removed, ...vanished]
    for (const id of removed) this.#present.delete(id)
    for (const id of ids) this.#present.add(id)
    return { ...status, removed }
  }

  #setTrouble(trouble: string): void {
    this.trouble = trouble
    this.#options.onTrouble?.(trouble)
  }
}

function openSocket(path: string): Promise<Socket | null> {
  return new Promise(resolve => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.removeAllListeners('error')
      resolve(socket)
    })
    socket.once('error', () => resolve(null))
  })
}
