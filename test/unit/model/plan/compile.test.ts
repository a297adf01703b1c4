/** What a plan promises: nothing changes that does not refer to what changed, and nothing is compiled twice. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compilePlan, planOf } from '../../../../src/model/plan/compile.ts'
import { planSchema } from '../../../../src/model/plan/plan.ts'
import {
  Bench,
  GATEWAY,
  HOST,
  haGroup,
  hsm,
  NETWORK,
  nic,
  PAIR,
  type Step,
  subnet,
  vm,
  vnet,
} from '../../../support/world.ts'

test('the plan of a pair fits its closed schema', () => {
  const plan = planOf(new Bench(PAIR).world.plan)
  assert.deepEqual(planSchema.parse(plan), plan)
})

test('compiling the same topology again compiles nothing', () => {
  const { topology, plan } = new Bench(PAIR).world
  const again = compilePlan(topology, plan)
  assert.equal(again.recompiled, 0)
  assert.deepEqual(planOf(again), planOf(plan))
})

test('a plan does not hang on the order in which its resources came', () => {
  const other = [...NETWORK, ...HOST, GATEWAY, PAIR[4], PAIR[3], PAIR.at(-1)].filter(step => step !== undefined)
  const strip = (bench: Bench) => withoutChoices(planOf(bench.world.plan))
  const addressed = (steps: readonly Step[]) => strip(new Bench(steps.map(withAddress)))
  assert.deepEqual(addressed(other), addressed(PAIR))
})

const counted: readonly (readonly [name: string, step: Step, recompiled: number])[] = [
  ['a virtual machine touches its network', ['PUT', 'vm/vm1', vm('nic/nic1')], 1],
  ['tags of an HSM touch its network', ['PUT', 'hsm/hsm1', { ...hsm('vnet/v1/subnets/hsm'), tags: { a: 'b' } }], 1],
  ['a NIC without a machine touches nothing', ['PUT', 'nic/nic2', nic('vnet/v1/subnets/compute')], 0],
  ['a public address touches nothing', ['PUT', 'pip/p', { location: 'eastus' }], 0],
  ['another network touches only itself', ['PUT', 'vnet/v9', vnet(['10.2.0.0/16'])], 1],
  ['the same again touches nothing', ['PUT', 'hsm/hsm1', hsm('vnet/v1/subnets/hsm')], 0],
]
for (const [name, step, recompiled] of counted) {
  test(`counted: ${name}`, () => {
    const bench = new Bench([
      ...PAIR,
      ['PUT', 'vnet/v2', vnet(['10.2.0.0/16'])],
      ['PUT', 'nic/nic1', nic('vnet/v1/subnets/compute')],
    ])
    const before = bench.world
    const after = bench.try(step).world
    assert.equal(after === before ? 0 : after.plan.recompiled, recompiled)
  })
}

/** What may be added to a pair, and the words by which a row of the plan refers to it. */
const additions: readonly (readonly [steps: readonly Step[], words: readonly string[]])[] = [
  [
    [
      ['PUT', 'nic/x-nic', nic('vnet/v1/subnets/compute', '10.2.0.77')],
      ['PUT', 'vm/x-vm', vm('nic/x-nic')],
    ],
    ['x-nic', 'x-vm', '10.2.0.77'],
  ],
  [[['PUT', 'hsm/x-hsm', hsm('vnet/v1/subnets/hsm', { ip: '10.2.1.77', stamp: 'stamp2' })]], ['x-hsm', '10.2.1.77']],
  [[['PUT', 'vnet/v1/subnets/x-sub', subnet('x-sub', '10.2.77.0/24')]], ['x-sub', '10.2.77.1']],
  [[['PUT', 'vnet/x-net', vnet(['10.2.0.0/16'], [subnet('a', '10.2.0.0/24')])]], ['x-net']],
  [[['PUT', 'ha/x-group', haGroup(['hsm/hsm2'], ['vm/vm1'])]], ['x-group']],
]

test('adding X adds only rows that refer to X; removing it takes exactly those away', () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray(
        additions.map((_, at) => at),
        { minLength: 1 },
      ),
      chosen => {
        const bench = new Bench(PAIR)
        for (const at of chosen) {
          const [steps, words] = additions[at] ?? [[], []]
          const before = rowsOf(bench)
          for (const step of steps) bench.try(step)
          const after = rowsOf(bench)
          const changed = [...after.difference(before), ...before.difference(after)]
          assert.ok(changed.length > 0)
          for (const row of changed)
            assert.ok(
              words.some(word => row.includes(word)),
              `a row that does not refer to it: ${row}`,
            )
          for (const step of [...steps].reverse()) bench.try(['DELETE', step[1]])
          assert.deepEqual(rowsOf(bench), before)
          for (const step of steps) bench.try(step)
        }
      },
    ),
    { numRuns: 30 },
  )
})

/** A plan as rows: each list of objects flattened, so that a new route is a row and not a changed router. */
function rowsOf(bench: Bench): Set<string> {
  const rows = new Set<string>()
  const walk = (place: string, value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) walk(place, item)
    else if (typeof value === 'object' && value !== null) {
      const name = 'id' in value ? value.id : 'group' in value ? value.group : null
      const id = name === null ? place : `${place}[${String(name)}]`
      const scalars = Object.entries(value).filter(([, inner]) => typeof inner !== 'object')
      rows.add(`${id} ${JSON.stringify(scalars)}`)
      for (const [name, inner] of Object.entries(value)) if (typeof inner === 'object') walk(`${id}.${name}`, inner)
    } else rows.add(`${place} ${JSON.stringify(value)}`)
  }
  const { parts } = withoutChoices(planOf(bench.world.plan)) as { parts: object }
  for (const part of Object.values(parts)) walk('', part)
  return rows
}

/** MACs and serial numbers are chosen in the order of admission; everything else must not hang on it. */
function withoutChoices(plan: unknown): unknown {
  return JSON.parse(JSON.stringify(plan, (name, value) => (name === 'mac' || name === 'serial' ? '' : value)))
}

function withAddress(step: Step): Step {
  const address = { 'hsm/hsm1': '10.2.1.4', 'hsm/hsm2': '10.2.1.5' }[step[1]]
  const stamp = step[1] === 'hsm/hsm1' ? 'stamp1' : 'stamp2'
  return address === undefined ? step : ['PUT', step[1], hsm('vnet/v1/subnets/hsm', { stamp, ip: address })]
}
