/** Whatever is killed at whatever moment: no signature fails, nothing that is right is changed, keys stay. */
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import type { Instance } from '../support/hsmnet.ts'
import { leftovers, processesOf, processOfRole, standing, until } from '../support/machine.ts'
import { check, show } from './report.ts'
import { signAndVerify, signInLoop } from './signing.ts'

interface Status {
  readonly settled: boolean
  readonly trouble: string | null
  readonly observedAt: string | null
}

export async function killServerAndAgent(instance: Instance, owner: string): Promise<void> {
  const { state } = instance
  const before = standing(state, owner)
  const loop = signInLoop(instance, 'signing-1')
  const signs = await until(async () => (await instance.exec('vm1', ['test', '-s', '/home/loop.sig'])).code === 0)
  check('vm1 signs in a loop', signs)

  const server = processOfRole(state, owner, '@server')
  if (server) process.kill(server.pid, 'SIGKILL')
  check('the server is killed with SIGKILL', server !== undefined)
  const agent = processOfRole(state, owner, '@agent')
  if (agent) process.kill(agent.pid, 'SIGKILL')
  check('the agent is killed with SIGKILL', agent !== undefined)
  await until(
    () => processOfRole(state, owner, '@server') === undefined && processOfRole(state, owner, '@agent') === undefined,
  )

  const serve = await instance.run(['serve', '--detach'])
  check('the server is started again', serve.code === 0, serve.stdout.trim() + serve.stderr.trim())
  const settled = await until(async () => {
    const status: Status = JSON.parse((await instance.run(['status', '--json'])).stdout)
    return status.settled && status.trouble === null && status.observedAt !== null
  })
  check('it starts the agent again, and all is settled', settled)
  const stop = await instance.exec('vm1', ['touch', '/home/stop'])
  const result = await loop
  const counts = result.stdout.trim()
  check('no signature failed', stop.code === 0 && /^[1-9]\d* signatures, 0 failed$/.test(counts), counts)
  show(result.stderr)
  const after = standing(state, owner)
  const same = JSON.stringify(withoutSessions(before)) === JSON.stringify(withoutSessions(after))
  check('both came back and changed nothing: same processes, same namespaces', same)
  if (!same) show(`${before.join('\n')}\n---\n${after.join('\n')}`)
}

/** Processes of elements; what a host's programs and a device's connections started comes and goes. */
function withoutSessions(rows: readonly string[]): string[] {
  return rows.filter(row => row.includes('#'))
}

export async function killEverything(instance: Instance, owner: string, templates: readonly string[]): Promise<void> {
  const { state } = instance
  const kill = () => {
    for (const { pid } of processesOf(state, owner)) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It ended with another.
      }
    }
  }
  kill()
  const gone = await until(() => {
    kill()
    return processesOf(state, owner).length === 0
  })
  check('every process of ours is killed', gone)
  // A reboot takes namespaces and what lies in /run with it.
  for (const left of leftovers(state, owner)) {
    const name = left.match(/^namespace (.*)$/)?.[1]
    if (name !== undefined) execFileSync('ip', ['netns', 'del', name])
  }
  rmSync(`${state}/agent/agent.sock`, { force: true })
  check('nothing stands', leftovers(state, owner).length === 0)

  const up = await instance.run(['up', ...templates])
  check(
    'hsmnet up brings everything back',
    up.code === 0 && up.stdout.includes('Everything stands'),
    `in ${up.seconds.toFixed(2)} s ${up.stderr.trim()}`,
  )
  for (const token of ['signing-1', 'signing-2']) await signAndVerify(instance, token)
}
