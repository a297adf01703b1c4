/** The engine's side of the agent's protocol, against an agent of the test's: lost connections, refusals, vanished elements. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { readJsonLines, writeJsonLine } from '../../../../src/base/process/json-lines.ts'
import { NetnsEngine } from '../../../../src/control/engine/netns.ts'
import type { ElementStatus, Status } from '../../../../src/model/plan/status.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'hsmnet-engine-'))
after(() => rmSync(folder, { recursive: true }))

const element = (id: string): ElementStatus => ({ id, resource: id, state: 'ready', since: '2026-01-01T00:00:00.000Z' })

/** An agent that takes or refuses plans as told, and says which elements it sees. */
class FakeAgent {
  readonly socket: string
  readonly plans: number[] = []
  readonly connections = new Set<Socket>()
  refuse: 'no' | 'answer' | 'close' = 'no'
  elements: string[] = []
  #server: Server | null = null

  constructor(name: string) {
    this.socket = path.join(folder, name)
  }

  async listen(): Promise<void> {
    rmSync(this.socket, { force: true })
    const server = createServer(socket => {
      this.connections.add(socket)
      readJsonLines(socket, {
        onValue: value => this.#answer(socket, value as { seq: number; op: string; revision?: number }),
      })
    })
    this.#server = server
    await new Promise<void>(resolve => server.listen(this.socket, resolve))
  }

  die(): void {
    for (const socket of this.connections) socket.destroy()
    this.connections.clear()
    this.#server?.close()
  }

  #answer(socket: Socket, { seq, op, revision = 0 }: { seq: number; op: string; revision?: number }): void {
    if (op === 'plan') {
      this.plans.push(revision)
      if (this.refuse === 'close') {
        socket.destroy()
        return
      }
      if (this.refuse === 'answer') {
        writeJsonLine(socket, { seq, ok: false, code: 'PlanRefused', message: 'a name holds ".."' })
        return
      }
    }
    writeJsonLine(socket, { seq, ok: true })
    if (op === 'watch') {
      const status: Status = {
        machine: 'local',
        revision: this.plans.at(-1) ?? 0,
        elements: this.elements.map(element),
        removed: [],
        settled: true,
        at: '2026-01-01T00:00:00.000Z',
      }
      writeJsonLine(socket, { event: 'status', status })
    }
  }
}

function engineOf(agent: FakeAgent, startAgent: () => Promise<void>): NetnsEngine {
  return new NetnsEngine({ socket: agent.socket, owner: '00000000', startAgent, endInstance: async () => {} })
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 2))
}

test('an agent that died is started again, gets the plan anew, and what vanished meanwhile is missed', async () => {
  const agent = new FakeAgent('died.sock')
  agent.elements = ['a', 'b']
  let started = 0
  const engine = engineOf(agent, async () => {
    started++
    await agent.listen()
  })
  engine.realise({ parts: {} }, 7)
  const statuses = engine.statuses()[Symbol.asyncIterator]()
  assert.deepEqual((await statuses.next()).value.removed, [])
  assert.equal(engine.trouble, null)
  agent.elements = ['a']
  agent.die()
  assert.deepEqual((await statuses.next()).value.removed, ['b'])
  await until(() => engine.trouble === null)
  assert.equal(started, 2)
  assert.deepEqual(agent.plans, [7, 7])
  engine.close()
  agent.die()
})

test('a refused plan is said as it is, until one is taken', async () => {
  const agent = new FakeAgent('refused.sock')
  agent.refuse = 'answer'
  await agent.listen()
  const engine = engineOf(agent, async () => {})
  engine.realise({ parts: {} }, 1)
  await until(() => engine.trouble?.includes('a name holds') === true)
  agent.refuse = 'no'
  engine.realise({ parts: {} }, 2)
  await until(() => engine.trouble === null)
  engine.close()
  agent.die()
})

test('an agent that closes on every plan is not hammered', async () => {
  const agent = new FakeAgent('closing.sock')
  agent.refuse = 'close'
  await agent.listen()
  const engine = engineOf(agent, async () => {})
  engine.realise({ parts: {} }, 1)
  const began = Date.now()
  await until(() => agent.plans.length === 5)
  // 50 + 100 + 200 + 400 ms lie between five tries.
  assert.ok(Date.now() - began >= 700)
  assert.match(engine.trouble ?? '', /refused the plan/)
  engine.close()
  agent.die()
})

test('a question waits for an agent that is just being started', async () => {
  const agent = new FakeAgent('late.sock')
  let start: () => void = () => {}
  const wanted = new Promise<void>(resolve => {
    start = resolve
  })
  const engine = engineOf(agent, async () => {
    await wanted
    await agent.listen()
  })
  const asked = engine.host('x')
  start()
  assert.equal(await asked, null)
  assert.ok(agent.connections.size > 0)
  engine.close()
  agent.die()
})
