import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { type Changes, diff, isEmpty, type Observed } from '../../../../../src/machine/agent/kernel/diff.ts'
import { layoutPlan } from '../../../../../src/machine/agent/kernel/layout.ts'
import { portName, wireName } from '../../../../../src/machine/agent/kernel/names.ts'
import { LOOPBACK_UP, type NamespaceState } from '../../../../../src/machine/agent/kernel/namespace-state.ts'
import { hsmPairPlan } from '../hsm-pair.ts'
import { applyToModel } from './model.ts'

const OWNER = '0a0b0c0d'
const layoutOf = (...tenants: string[]) => layoutPlan(hsmPairPlan(...tenants), { owner: OWNER, lastGroup: 0 })
const layout = layoutOf('a')
const all = [...layout.namespaces.values()]
const vnet = all.find(namespace => namespace.filter.includes('c_subnet'))
const host = all.find(namespace => namespace.kind === 'host')
if (!vnet || !host) throw new Error('the layout has a VNet router and a host')
const [wire] = layout.pairs
if (!wire) throw new Error('the layout has a wire')
const port = [...vnet.links.keys()].find(name => name.startsWith('p')) ?? ''

const stands: Observed = applyToModel(new Map(), diff(layout, new Map(), OWNER))

/** What stands, with one namespace changed. */
function drifted(name: string, change: (state: NamespaceState) => Partial<NamespaceState>): Observed {
  const state = stands.get(name)
  if (!state) throw new Error(`${name} stands`)
  return new Map(stands).set(name, { ...state, ...change(state) })
}

const without = (set: ReadonlySet<string>, text: string) => new Set([...set].filter(line => !line.includes(text)))

/** Only what is not empty, as text: `ip` lines and what happens outside. */
function summary(changes: Changes): string[] {
  return [
    ...changes.namespacesGone.map(name => `gone ${name}`),
    ...changes.linksGone.map(link => `link del ${link.name}`),
    ...changes.namespacesNew.map(name => `new ${name}`),
    ...changes.pairsNew.map(pair => `pair ${pair.ends[0].name} ${pair.ends[1].name}`),
    ...changes.inside.flatMap(change => [
      ...[...change.settings].map(([path, value]) => `${path}=${value}`),
      ...change.remove,
      ...change.set,
      ...(change.filter === null ? [] : [change.filter === '' ? 'no filter' : 'filter']),
    ]),
  ]
}

test('nothing is done where everything stands', () => {
  assert.deepEqual(summary(diff(layout, stands, OWNER)), [])
})

const rows: readonly [string, Observed, (string | RegExp)[]][] = [
  [
    'a route deleted',
    drifted(vnet.name, state => ({ routes: without(state.routes, '10.2.1.4 ') })),
    [/^route replace 10\.2\.1\.4 via 169\.254\.0\.1 dev w\w+ onlink table 254 proto static$/],
  ],
  [
    'a route added by hand',
    drifted(vnet.name, state => ({
      routes: new Set([...state.routes, 'default via 10.2.0.4 dev lo table 254 proto static']),
    })),
    ['route del default via 10.2.0.4 dev lo table 254 proto static'],
  ],
  [
    'a rule deleted',
    drifted(vnet.name, state => ({ rules: without(state.rules, 'iif lo') })),
    [/^rule add pref 300 iif lo lookup \d+$/],
  ],
  [
    'an address added',
    drifted(vnet.name, state => ({ addresses: new Set([...state.addresses, '10.9.9.9/32 dev lo']) })),
    ['addr del 10.9.9.9/32 dev lo'],
  ],
  [
    'forwarding switched off',
    drifted(vnet.name, state => ({ settings: new Map(state.settings).set('net/ipv4/ip_forward', '0') })),
    ['net/ipv4/ip_forward=1'],
  ],
  ['the filter flushed', drifted(vnet.name, () => ({ filter: '' })), ['filter']],
  [
    'a setting that this kernel lacks',
    drifted(vnet.name, state => ({ settings: new Map(state.settings).set('net/ipv6/conf/all/disable_ipv6', '') })),
    [],
  ],
  [
    'a link set down (its routes go with it)',
    drifted(host.name, state => ({
      links: new Map([...state.links].map(([name, link]) => [name, { ...link, up: false }])),
      routes: new Set(),
    })),
    ['link set lo up', 'link set eth0 up', /^route replace default via 10\.2\.0\.1 dev eth0/],
  ],
  [
    'the MTU and the MAC of a NIC changed',
    drifted(host.name, state => ({
      links: new Map(
        [...state.links].map(([name, link]) => [name, name === 'eth0' ? { ...link, mtu: 9000, mac: 'x' } : link]),
      ),
    })),
    ['link set eth0 address 00:0d:3a:00:00:04 mtu 1400'],
  ],
  [
    'a NIC deleted: its port went with it',
    new Map(
      drifted(host.name, () => ({ links: new Map([['lo', LOOPBACK_UP]]), addresses: new Set(), routes: new Set() })),
    ).set(vnet.name, {
      ...(stands.get(vnet.name) ?? vnet),
      links: new Map([...vnet.links].filter(([name]) => name !== port)),
      routes: without(vnet.routes, `dev ${port}`),
      settings: new Map(vnet.settings).set(`net/ipv4/neigh/${port}/proxy_delay`, ''),
    }),
    [
      `pair ${port} eth0`,
      `net/ipv4/neigh/${port}/proxy_delay=0`,
      /^link set p\w+ alias \S+ up$/,
      /^route replace 10\.2\.0\.4 dev p/,
      /^link set eth0 alias \S+ up$/,
      'addr replace 10.2.0.4/24 dev eth0',
      /^route replace default/,
    ],
  ],
  [
    'a wire whose far end is another one',
    new Map(
      [...stands].map(([name, state]) => {
        const numbered = [...state.links].map(
          ([link, found]) => [link, link === wire.ends[0].name ? { ...found, index: 7, peer: 9 } : found] as const,
        )
        return [name, { ...state, links: new Map(numbered) }]
      }),
    ),
    [
      /^link del w/,
      /^link del w/,
      /^pair w/,
      /^link set w\w+ arp off alias/,
      /^route/,
      /^route/,
      /^route/,
      /^link set w/,
      /^route/,
    ],
  ],
  [
    'a NIC seen by the cheap look, its port by the whole one',
    drifted(vnet.name, state => ({
      links: new Map(
        [...state.links].map(([name, link]) => [name, name === port ? { ...link, index: 7, peer: 9 } : link]),
      ),
    })),
    [],
  ],
  [
    'a link of ours that no plan wants any more',
    drifted(vnet.name, state => ({
      links: new Map(state.links).set(portName('old'), { mac: '', mtu: 1400, up: true, arp: true, alias: '' }),
    })),
    [`link del ${portName('old')}`],
  ],
  [
    'a link of somebody else',
    drifted(vnet.name, state => ({
      links: new Map(state.links).set('tap0', { mac: '', mtu: 1400, up: true, arp: true, alias: '' }),
    })),
    [],
  ],
]
for (const [what, observed, expected] of rows) {
  test(`repairs: ${what}`, () => {
    const changes = diff(layout, observed, OWNER)
    const found = summary(changes)
    assert.equal(found.length, expected.length, found.join('\n'))
    for (const [at, line] of expected.entries()) {
      if (typeof line === 'string') assert.equal(found[at], line)
      else assert.match(found[at] ?? '', line)
    }
    const after = applyToModel(observed, changes)
    assert.deepEqual(summary(diff(layout, after, OWNER)), [])
  })
}

test('a namespace that nobody wants is deleted, whatever is in it', () => {
  const before = applyToModel(new Map(), diff(layoutOf('a', 'b'), new Map(), OWNER))
  const changes = diff(layout, before, OWNER)
  assert.equal(changes.namespacesGone.length, layout.namespaces.size)
  assert.ok(isEmpty({ ...changes, namespacesGone: [] }))
})

/** Any way in which people, crashes and other plans may have left things. */
const anyDrift = fc.record({
  before: fc.constantFrom('', 'a', 'b', 'a b'),
  lost: fc.array(fc.nat(), { maxLength: 12 }),
  added: fc.array(fc.nat(), { maxLength: 6 }),
  gone: fc.array(fc.nat(), { maxLength: 3 }),
})

test('property: what diff says makes everything equal, in one step, or two where a namespace may take links with it', () => {
  fc.assert(
    fc.property(anyDrift, fc.constantFrom('', 'a', 'b', 'a b'), (drift, wanted) => {
      const target =
        wanted === '' ? layoutPlan({ parts: {} }, { owner: OWNER, lastGroup: 0 }) : layoutOf(...wanted.split(' '))
      const start =
        drift.before === ''
          ? new Map()
          : applyToModel(new Map(), diff(layoutOf(...drift.before.split(' ')), new Map(), OWNER))
      const names = [...start.keys()]
      for (const [at, number] of drift.lost.entries()) {
        const state = start.get(names[number % names.length] ?? '')
        if (!state) continue
        const sets = [state.routes, state.rules, state.addresses, state.settings]
        const set = sets[at % sets.length]
        set?.delete([...set.keys()][number % Math.max(1, set.size)] ?? '')
      }
      for (const number of drift.added) {
        const state = start.get(names[number % names.length] ?? '')
        state?.routes.add(`unreachable 203.0.113.${number % 250} table 254 proto static`)
        state?.rules.add(`pref ${number % 1000} lookup 254`)
        state?.links.set(wireName(String(number)), { mac: '', mtu: 1500, up: true, arp: false, alias: '' })
      }
      for (const number of drift.gone) start.delete(names[number % names.length] ?? '')
      const changes = diff(target, start, OWNER)
      const once = applyToModel(start, changes)
      const after = changes.namespacesGone.length === 0 ? once : applyToModel(once, diff(target, once, OWNER))
      assert.ok(isEmpty(diff(target, after, OWNER)))
      assert.deepEqual([...after.keys()].toSorted(), [...target.namespaces.keys()].toSorted())
    }),
  )
})
