/** Many clients at once on a small world: whatever is admitted, the engine has the plan of it, and every promise holds. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseAddress } from '../../../../src/base/net/address.ts'
import { contains } from '../../../../src/base/net/prefix.ts'
import { PaperEngine } from '../../../../src/control/engine/none.ts'
import { lintPlan } from '../../../../src/machine/agent/lint.ts'
import { compilePlan, planOf } from '../../../../src/model/plan/compile.ts'
import { type Plan, planSchema } from '../../../../src/model/plan/plan.ts'
import { DocumentSet } from '../../../../src/model/resources/document.ts'
import { referencesOf } from '../../../../src/model/topology/references.ts'
import { subnetUsers } from '../../../../src/model/topology/subnet-users.ts'
import { linkTopology } from '../../../../src/model/topology/topology.ts'
import { Api } from '../../../support/api.ts'
import {
  DELEGATED,
  GATEWAY,
  HOST,
  haGroup,
  hsm,
  idText,
  NETWORK,
  nic,
  PAIR,
  type Step,
  subnet,
  vm,
  vnet,
} from '../../../support/world.ts'

/** Remembers the plan it was given last. */
class WatchedEngine extends PaperEngine {
  plan: Plan = { parts: {} }
  override realise(plan: Plan, revision: number): void {
    this.plan = plan
    super.realise(plan, revision)
  }
}

const universe: readonly Step[] = [
  ...PAIR.slice(1),
  ...HOST,
  GATEWAY,
  ['PUT', 'vnet/v1', vnet(['10.2.0.0/16'], [subnet('compute', '10.2.0.0/24')])],
  ['PUT', 'vnet/v1/subnets/compute', subnet('compute', '10.2.0.0/24', { delegations: DELEGATED })],
  ['PUT', 'vnet/v1/subnets/hsm', subnet('hsm', '10.2.1.0/24')],
  ['PUT', 'hsm/hsm1', hsm('vnet/v1/subnets/compute')],
  ['PUT', 'nic/nic2', nic('vnet/v1/subnets/compute', '10.2.0.4')],
  ['PUT', 'nic/nic3', nic('vnet/v1/subnets/hsm')],
  ['PUT', 'vm/vm2', vm('nic/nic2')],
  ['PUT', 'vm/vm3', vm('nic/hsm1_HSMnic')],
  ['PUT', 'pip/p', { location: 'eastus' }],
  ['PUT', 'ha/other', haGroup(['hsm/hsm1'], ['vm/vm1', 'vm/vm2'])],
  ...[
    'vnet/v1',
    'gw/er',
    'hsm/hsm1',
    'hsm/hsm2',
    'nic/vm1-nic',
    'vm/vm1',
    'ha/signing',
    'vnet/v1/subnets/compute',
    'rg/rg',
  ].map((name): Step => ['DELETE', name]),
]

test('random PUTs and DELETEs, several in one turn', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.nat(universe.length - 1), { minLength: 1, maxLength: 4 }), { maxLength: 25 }),
      async turns => {
        const engine = new WatchedEngine()
        const api = new Api(undefined, engine)
        try {
          const operations: string[] = []
          await send(api, NETWORK[0], operations)
          for (const turn of turns) {
            await Promise.all(turn.map(at => send(api, universe[at], operations)))
          }
          await invariants(api, engine)
          for (const url of operations) {
            const { body } = await api.call('GET', url)
            assert.notEqual(body.status, 'InProgress', 'an operation that never ends')
          }
        } finally {
          await api.close()
        }
      },
    ),
    { numRuns: process.env.HSMNET_SOAK ? 2000 : 40 },
  )
})

async function send(api: Api, step: Step | undefined, operations: string[]): Promise<void> {
  if (!step) return
  const answer = await api.call(step[0], idText(step[1]), step[0] === 'PUT' ? step[2] : undefined)
  assert.notEqual(answer.status, 500, JSON.stringify(answer.body))
  const url = answer.headers['azure-asyncoperation'] ?? answer.headers.location
  if (typeof url === 'string')
    operations.push(url.replace(/^https:\/\/[^/]*/, '').replace('operationResults', 'operations'))
}

async function invariants(api: Api, engine: WatchedEngine): Promise<void> {
  const { documents, topology, plan } = api.plane.world
  assert.deepEqual(engine.plan, planOf(plan), 'the engine has another plan')
  assert.deepEqual(planSchema.parse(planOf(plan)), planOf(plan))
  assert.deepEqual(lintPlan(planOf(plan)), [])
  for (const document of documents.all()) {
    for (const { id, type } of referencesOf(document))
      assert.ok(documents.get(type, id), `${document.id} refers to ${id}`)
  }
  for (const [key, { prefix }] of topology.subnets) {
    const addresses = subnetUsers(topology, key).map(({ address }) => address)
    assert.equal(new Set(addresses).size, addresses.length, 'two with one address')
    for (const text of addresses) {
      const address = parseAddress(text)
      assert.ok(address.ok && contains(prefix, address.value))
    }
  }
  // What is on disk is all there is: linked and compiled anew it gives the same plan.
  const stored = api.plane.store.load().records.flatMap(({ kind, value }) => (kind === 'document' ? [value] : []))
  const again = compilePlan(linkTopology(DocumentSet.of(stored as Parameters<typeof DocumentSet.of>[0])))
  assert.deepEqual(planOf(again), planOf(plan))
}

test('two requests in one turn, the later of which compiles nothing: the plan of the first is not lost', async () => {
  const engine = new WatchedEngine()
  const api = new Api(undefined, engine)
  for (const step of [...NETWORK, GATEWAY]) await send(api, step, [])
  await Promise.all([send(api, HOST[0], []), send(api, ['PUT', 'pip/p', { location: 'eastus' }], [])])
  await Promise.all([send(api, HOST[1], []), send(api, ['PUT', 'pip/q', { location: 'eastus' }], [])])
  assert.ok(JSON.stringify(engine.plan).includes('vm1#endpoint'))
  await api.close()
})

test('a delete ends although the resource is made again at once', async () => {
  const api = new Api()
  for (const step of [...NETWORK, ...HOST]) await send(api, step, [])
  const operations: string[] = []
  await Promise.all([send(api, ['DELETE', 'vm/vm1'], operations), send(api, HOST[1], [])])
  for (const url of operations) assert.equal((await api.call('GET', url)).body.status, 'Succeeded')
  await api.close()
})
