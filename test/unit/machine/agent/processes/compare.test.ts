import assert from 'node:assert/strict'
import test from 'node:test'
import type { MarkedProcess } from '../../../../../src/base/process/proc.ts'
import { statePaths } from '../../../../../src/base/process/state.ts'
import { compareProcesses, pauseAfter } from '../../../../../src/machine/agent/processes/compare.ts'
import { wantedProcesses } from '../../../../../src/machine/agent/processes/wanted.ts'
import type { Plan } from '../../../../../src/model/plan/plan.ts'
import { hsmPairPart, hsmPairPlan } from '../hsm-pair.ts'

const wantedOf = (plan: Plan) => wantedProcesses(plan, '0a0b0c0d', statePaths('/s'))
const wanted = wantedOf(hsmPairPlan())
const running: MarkedProcess[] = wanted.map(({ id, digest }, at) => ({
  pid: 100 + at,
  state: 'S',
  ppid: 1,
  start: '5',
  resource: id,
  digest,
  first: true,
}))
const [first] = running
const [wantedFirst] = wanted
if (!first || !wantedFirst) throw new Error('hsm-pair has processes')

const rows: readonly [string, readonly MarkedProcess[], ReadonlySet<number>, readonly number[], number][] = [
  ['everything runs: nothing', running, new Set(), [], 0],
  ['nothing runs: all are started', [], new Set(), [], wanted.length],
  ['one is gone: it is started', running.slice(1), new Set(), [], 1],
  [
    'one was started with something else: it is ended and started',
    [{ ...first, digest: 'old' }, ...running.slice(1)],
    new Set(),
    [100],
    1,
  ],
  ['one that nobody wants: it is ended', [...running, { ...first, pid: 900, resource: 'gone' }], new Set(), [900], 0],
  ['one twice: the second is ended', [...running, { ...first, pid: 900 }], new Set(), [900], 0],
  ['one in a namespace that is not its own: it is ended and started', running, new Set([101]), [101], 1],
]
for (const [what, found, misplaced, end, start] of rows) {
  test(what, () => {
    const orders = compareProcesses(wanted, found, misplaced)
    assert.deepEqual(
      orders.end.map(({ pid }) => pid),
      end,
    )
    assert.equal(orders.start.length, start)
  })
}

test('failures in a row: at once, then ever later, never more than half a minute', () => {
  assert.deepEqual([1, 2, 3, 4, 5, 20].map(pauseAfter), [0, 200, 400, 800, 1600, 30_000])
})

const part = hsmPairPart()
const changes: readonly [string, (daemons: typeof part.daemons) => typeof part.daemons, readonly string[]][] = [
  [
    'the address of a device starts it anew',
    daemons => daemons.map((d, at) => (at === 0 && d.kind === 'appliance' ? { ...d, address: '10.2.1.9' } : d)),
    ['appliance'],
  ],
  [
    'the slots of a client do not: it reads them again',
    daemons => daemons.map(d => (d.kind === 'client' ? { ...d, slots: [] } : d)),
    [],
  ],
]
for (const [what, change, kinds] of changes) {
  test(what, () => {
    const next = wantedOf({ parts: { [part.id]: { ...part, daemons: change(part.daemons) } } })
    assert.deepEqual(
      compareProcesses(next, running, new Set()).start.map(({ kind }) => kind),
      kinds,
    )
  })
}

test('what an appliance and a client are told holds no more than their schemas', () => {
  for (const { kind, config } of wanted) {
    if (kind === 'host') assert.equal(config, '')
    else assert.ok(JSON.parse(config))
  }
})
