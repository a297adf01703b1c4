/** The agent's unix socket: parses each line with the closed schemas, and drops a connection that breaks them. */
import { createServer, type Server, type Socket } from 'node:net'
import { listenUnix } from '../../base/process/control-socket.ts'
import { readJsonLines, writeJsonLine } from '../../base/process/json-lines.ts'
import type { Agent, Answer } from './agent.ts'
import { type AgentAnswer, type AgentEvent, type AgentRequest, requestSchema } from './protocol.ts'

export interface ServeOptions {
  readonly agent: Agent
  readonly socket: string
  /** Called when everything was taken down and the answer is on its way. */
  readonly onDown: () => void
}

/** Listens on a socket (0600) in its 0700 directory. */
export async function serveAgent({ agent, socket, onDown }: ServeOptions): Promise<Server> {
  const server = createServer(connection => converse(connection, agent, onDown))
  await listenUnix(server, socket, 0o600)
  return server
}

function converse(connection: Socket, agent: Agent, onDown: () => void): void {
  let greeted = false
  let unwatch = () => {}
  const end = (seq: number, code: string, message: string) => {
    writeJsonLine(connection, { seq, ok: false, code, message } satisfies AgentAnswer)
    connection.end()
  }
  readJsonLines(connection, {
    onValue: value => {
      const request = requestSchema.safeParse(value)
      if (!request.success) {
        const [issue] = request.error.issues
        end(seqOf(value), 'InvalidRequest', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`.slice(0, 500))
        return
      }
      const asked = request.data
      if (asked.op === 'hello' && asked.owner === agent.owner) {
        greeted = true
        writeJsonLine(connection, { seq: asked.seq, ok: true, revision: agent.revision } satisfies AgentAnswer)
        return
      }
      if (!greeted) {
        end(asked.seq, 'WrongOwner', 'the first request must name the owner mark of this instance')
        return
      }
      if (asked.op === 'watch') {
        unwatch()
        unwatch = agent.watch(status => writeJsonLine(connection, { event: 'status', status } satisfies AgentEvent))
      }
      void answer(agent, asked).then(answered => {
        writeJsonLine(connection, answered)
        if (asked.op === 'down' && answered.ok) connection.end(onDown)
      })
    },
    onEnd: () => unwatch(),
  })
}

async function answer(agent: Agent, request: AgentRequest): Promise<AgentAnswer> {
  const { seq } = request
  const reply = <T>(answered: Answer<T>, body: (value: T) => object): AgentAnswer =>
    'refusal' in answered ? { seq, ok: false, ...answered.refusal } : { seq, ok: true, ...body(answered.value) }
  switch (request.op) {
    case 'hello':
      return { seq, ok: false, code: 'WrongOwner', message: 'another owner mark than that of this instance' }
    case 'plan':
      return reply(agent.plan(request.revision, request.plan), revision => ({ revision }))
    case 'watch':
      return { seq, ok: true }
    case 'device':
      return reply(await agent.device(request.id), device => ({ device }))
    case 'host':
      return reply(agent.host(request.id), host => ({ host }))
    case 'down':
      return reply(await agent.down(request.purge), () => ({}))
  }
}

/** The number of a request that is otherwise no request of ours. */
function seqOf(value: unknown): number {
  const seq = typeof value === 'object' && value !== null && 'seq' in value ? value.seq : 0
  return Number.isInteger(seq) && Number(seq) >= 0 ? Number(seq) : 0
}
