/** N hosts through our own engine: a VNet with N virtual machines, made and taken away by an agent of its own. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openState, statePaths } from '../src/base/process/state.ts'
import { NetnsEngine } from '../src/control/engine/netns.ts'
import { endInstance, startAgent } from '../src/machine/agent/instance.ts'
import { planOf } from '../src/model/plan/compile.ts'
import type { Plan } from '../src/model/plan/plan.ts'
import type { Status } from '../src/model/plan/status.ts'
import { Bench, NETWORK, nic, type Step, vm, vnet } from '../test/support/world.ts'
import { startedByKernel } from './figure.ts'

export interface HostTimes {
  readonly create: number
  readonly destroy: number
  /** Processes and threads started for both. */
  readonly started: number
}

/** A plan of one VNet with so many hosts in one subnet. */
export function planOfHosts(count: number): Plan {
  const hosts = Array.from({ length: count }, (_, at): Step[] => [
    ['PUT', `nic/nic${at}`, nic('vnet/v1/subnets/compute')],
    ['PUT', `vm/vm${at}`, vm(`nic/nic${at}`)],
  ]).flat()
  const subnets = [{ name: 'compute', properties: { addressPrefix: '10.2.0.0/20' } }]
  const network: Step = ['PUT', 'vnet/v1', vnet(['10.2.0.0/16'], subnets)]
  const group = NETWORK[0]
  return planOf(new Bench(group ? [group, network, ...hosts] : []).world.plan)
}

/** Rounds of create and destroy, in seconds, in one agent: from the plan's sending to its settled status. */
export async function timeHosts(plan: Plan, rounds: number): Promise<HostTimes[]> {
  const state = mkdtempSync(path.join(tmpdir(), 'hsmnet-bench-'))
  const paths = statePaths(state)
  const owner = openState(paths)
  const engine = new NetnsEngine({
    socket: paths.agentSocket,
    owner,
    startAgent: () => startAgent(paths),
    endInstance: () => endInstance(paths),
  })
  const statuses = engine.statuses()[Symbol.asyncIterator]()
  let revision = 0
  const realise = async (wanted: Plan): Promise<number> => {
    const started = performance.now()
    engine.realise(wanted, ++revision)
    let status: Status
    do {
      const next = await statuses.next()
      if (next.done) throw new Error('the agent went away')
      status = next.value
    } while (status.revision < revision || !status.settled)
    const failed = status.elements.find(element => element.state === 'failed')
    if (failed) throw new Error(`${failed.id}: ${failed.message ?? 'failed'}`)
    return (performance.now() - started) / 1000
  }
  try {
    await realise({ parts: {} })
    const times: HostTimes[] = []
    for (let round = 0; round < rounds; round++) {
      const before = startedByKernel()
      const create = await realise(plan)
      const destroy = await realise({ parts: {} })
      times.push({ create, destroy, started: startedByKernel() - before })
    }
    return times
  } finally {
    await engine.down(true)
    rmSync(state, { recursive: true, force: true })
  }
}
