import assert from 'node:assert/strict'
import test from 'node:test'
import { type Changes, diff } from '../../../../src/machine/agent/kernel/diff.ts'
import { layoutPlan } from '../../../../src/machine/agent/kernel/layout.ts'
import { namespaceName, wireName } from '../../../../src/machine/agent/kernel/names.ts'
import { devicesBehind, probeTasks } from '../../../../src/machine/agent/probe.ts'
import type { ProcessFacts } from '../../../../src/machine/agent/processes/supervisor.ts'
import { elementStatuses, type Facts } from '../../../../src/machine/agent/status.ts'
import { StatusStream } from '../../../../src/machine/agent/status-stream.ts'
import type { Status } from '../../../../src/model/plan/status.ts'
import { hsmPairPart, hsmPairPlan } from './hsm-pair.ts'
import { applyToModel } from './kernel/model.ts'

const owner = '0a0b0c0d'
const plan = hsmPairPlan()
const part = hsmPairPart()
const layout = layoutPlan(plan, { owner, lastGroup: 0 })
const all = diff(layout, new Map(), owner)
const none = diff(layout, applyToModel(new Map(), all), owner)
const runs: ProcessFacts = {
  process: { pid: 1, state: 'S', ppid: 1, start: '', resource: '', digest: '', first: true },
  ready: true,
  tried: false,
  failure: null,
}
const absent: ProcessFacts = { process: null, ready: false, tried: false, failure: null }
const devices = part.daemons.filter(({ kind }) => kind === 'appliance').map(({ id }) => id)
const good: Facts = {
  owner,
  plan,
  layout,
  missing: none,
  busy: false,
  errors: new Map(),
  process: () => runs,
  probes: new Map(),
  reached: new Set(devices),
  devices: new Map(),
}
const vm = part.endpoints.find(({ kind }) => kind === 'host')?.id ?? ''
const [device = ''] = devices
const wire = part.links[0]?.id ?? ''
const nic = part.ports[0]?.id ?? ''
const inside = (id: string, line: string): Changes => ({
  ...none,
  inside: [{ namespace: namespaceName(owner, id), settings: new Map(), remove: [], set: [line], filter: null }],
})

/** Facts, an element, its state, and what its message says. */
const rows: readonly [string, Partial<Facts>, string, string, RegExp?][] = [
  ['everything stands', {}, part.id, 'ready'],
  ['nothing was seen yet', { missing: null }, part.id, 'pending'],
  ['nothing was seen yet', { missing: null }, device, 'pending'],
  ['nothing was done yet', { missing: all, process: () => absent }, wire, 'pending'],
  ['nothing was done yet', { missing: all, process: () => absent }, vm, 'pending'],
  ['it is being made', { missing: all, busy: true }, part.id, 'starting'],
  ['it is being made', { missing: all, busy: true }, wire, 'starting'],
  ['it could not be made', { missing: all, errors: new Map([['', 'no room']]) }, part.id, 'failed', /no room/],
  ['it could not be made', { missing: all, errors: new Map([['', 'no room']]) }, nic, 'failed', /no room/],
  ['a route is missing', { missing: inside(part.id, 'route replace x'), busy: true }, part.id, 'starting'],
  ['a route is missing', { missing: inside(part.id, 'route replace x'), busy: true }, wire, 'ready'],
  ['a wire is down', { missing: inside(part.id, `link set ${wireName(wire)} up`), busy: true }, wire, 'starting'],
  ['the holder is gone', { process: () => ({ ...absent, tried: true }) }, vm, 'starting'],
  ['the holder is not started yet', { process: () => absent }, vm, 'pending'],
  ['it says that it is not ready', { process: () => ({ ...runs, ready: false }) }, device, 'starting'],
  [
    'it failed again and again',
    { process: () => ({ ...absent, tried: true, failure: 'no module' }) },
    device,
    'failed',
    /no module/,
  ],
  ['no connection has reached it', { reached: new Set() }, device, 'starting', /no connection/],
]
for (const [what, change, id, state, message] of rows) {
  test(`${what}: ${id.split('/').at(-1)} is ${state}`, () => {
    const found = elementStatuses({ ...good, ...change }).find(status => status.id === id)
    assert.equal(found?.state, state)
    if (message) assert.match(found?.message ?? '', message)
  })
}

test('every element of the plan has a status, and names its resource', () => {
  const statuses = elementStatuses(good)
  const ids = [...part.routers, ...part.links, ...part.ports, ...part.endpoints, ...part.daemons].map(({ id }) => id)
  assert.deepEqual(statuses.map(({ id }) => id).toSorted(), ids.toSorted())
  assert.ok(statuses.every(({ resource }) => resource.startsWith('/subscriptions/')))
})

test('the stream: everything first, then what changes; since stays while state and message do', () => {
  let revision = 1
  const stream = new StatusStream(
    () => 'local',
    () => revision,
  )
  const seen: Status[] = []
  const element = { id: 'a', resource: 'r', state: 'starting' as const }
  stream.note([element, { ...element, id: 'b' }], false)
  const end = stream.watch(status => seen.push(status))
  assert.deepEqual(
    seen.at(-1)?.elements.map(({ id }) => id),
    ['a', 'b'],
  )
  const since = seen[0]?.elements[0]?.since

  stream.note([element, { ...element, id: 'b' }], false)
  assert.equal(seen.length, 1)
  stream.note([{ ...element, probe: { result: 'passed', at: '2026-01-01' } }], true)
  assert.deepEqual([seen.at(-1)?.removed, seen.at(-1)?.settled], [['b'], true])
  assert.deepEqual(
    seen.at(-1)?.elements.map(({ id, since: date }) => [id, date]),
    [['a', since]],
  )
  revision = 2
  stream.note([{ ...element, probe: { result: 'passed', at: '2026-01-01' } }], true)
  assert.equal(seen.at(-1)?.revision, 2)
  end()
  stream.note([], true)
  assert.equal(seen.length, 3)
})

const gateway = part.routers[1]?.id ?? ''
const stamp1 = part.routers[2]?.id ?? ''
const paths: readonly [string, Changes, number][] = [
  ['nothing', none, 0],
  ['everything', all, 2],
  ['the gateway', inside(gateway, 'route replace x'), 2],
  ['a stamp', inside(stamp1, 'addr replace x'), 2],
  [
    "a wire of the VNet's router",
    inside(part.id, `route replace 10.2.1.4 via 169.254.0.1 dev ${wireName(wire)} onlink`),
    2,
  ],
  ["a new NIC at the VNet's router", inside(part.id, 'route replace 10.2.0.9 dev p0123456789 scope link'), 0],
  ["the device's own namespace", inside(part.endpoints[1]?.id ?? '', 'link set eth0 up'), 1],
  ['a host', inside(vm, 'link set eth0 up'), 0],
]
for (const [what, changes, count] of paths) {
  test(`a change of ${what} concerns the path of ${count} devices`, () => {
    assert.equal(devicesBehind(plan, changes, owner).length, count)
  })
}

test('devices that run are probed from the router of their VNet', () => {
  const [task] = probeTasks(plan, owner, id => id === device)
  assert.equal(task?.namespace, namespaceName(owner, part.id))
  assert.deepEqual([...(task?.targets ?? [])], [[device, '10.2.1.4']])
  assert.deepEqual(
    probeTasks(plan, owner, () => false),
    [],
  )
  const without = { parts: { [part.id]: { ...part, routers: part.routers.slice(1) } } }
  assert.deepEqual(
    probeTasks(without, owner, () => true),
    [],
  )
})
