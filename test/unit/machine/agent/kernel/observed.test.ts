import assert from 'node:assert/strict'
import test from 'node:test'
import { canonicalFilter, filterCommands, routerFilter } from '../../../../../src/machine/agent/kernel/filter.ts'
import { parseObservation } from '../../../../../src/machine/agent/kernel/observed.ts'
import { hsmPairPart } from '../hsm-pair.ts'

const FORWARD = 'net/ipv4/ip_forward'
const GROUPS = 'net/ipv4/ping_group_range'
const ABSENT = 'net/bridge/bridge-nf-call-iptables'

const links = [
  { ifindex: 1, ifname: 'lo', flags: ['LOOPBACK', 'UP', 'LOWER_UP'], mtu: 65536, address: '00:00:00:00:00:00' },
  { ifindex: 3, link_index: 2, ifname: 'w0', flags: ['NOARP'], mtu: 1500, address: '02:0a', ifalias: 'hsmnet:a:b' },
]
const addresses = [
  {
    ifname: 'lo',
    addr_info: [
      { family: 'inet', local: '127.0.0.1', prefixlen: 8 },
      { family: 'inet', local: '10.2.0.1', prefixlen: 32 },
    ],
  },
  { ifname: 'w0', addr_info: [{}] },
]
const rules = [
  { priority: 0, src: 'all', table: '255' },
  { priority: 100, src: 'all', fwmark: '0x1000021f', table: '268435999' },
  { priority: 200, src: 'all', iif: 'w0', table: '7' },
]

/** One route as `ip -N -j` prints it → its line, or null where it is not ours to judge. */
const routes: readonly [object, string | null][] = [
  [
    { dst: 'default', gateway: '169.254.0.1', dev: 'w0', table: '7', protocol: '4', flags: ['onlink'] },
    'default via 169.254.0.1 dev w0 onlink table 7 proto static',
  ],
  [
    { type: '7', dst: '10.2.0.0/16', protocol: '4', metric: 4278198272, flags: [] },
    'unreachable 10.2.0.0/16 metric 4278198272 table 254 proto static',
  ],
  [
    { type: '7', dst: 'default', dev: 'lo', table: '7', protocol: '4', flags: [] },
    'unreachable default table 7 proto static',
  ],
  [{ type: '9', dst: '10.2.0.0/16', table: '7', protocol: '4', flags: [] }, 'throw 10.2.0.0/16 table 7 proto static'],
  [
    { dst: '10.2.0.4', dev: 'p0', protocol: '4', scope: '253', flags: [] },
    '10.2.0.4 dev p0 scope link table 254 proto static',
  ],
  [
    { type: '1', dst: '10.9.0.0/16', gateway: '10.2.0.4', dev: 'p0', protocol: '3', scope: '0', flags: [] },
    '10.9.0.0/16 via 10.2.0.4 dev p0 table 254 proto boot',
  ],
  [{ dst: '10.2.0.0/24', dev: 'eth0', protocol: '2', scope: '253', flags: [] }, null],
  [{ dst: '10.7.0.0/24', gateway: '10.2.0.9', dev: 'eth0', protocol: '12', flags: [] }, null],
  [{ type: '2', dst: '10.2.0.1', dev: 'lo', table: '255', protocol: '4', flags: [] }, null],
]

const print = (...answers: unknown[]) =>
  [`${FORWARD}:1`, `${GROUPS}:0\t2147483647`, ...answers.map(answer => JSON.stringify(answer)), ''].join('\n')

test('links, addresses, rules and settings', () => {
  const state = parseObservation(print(links, addresses, [], rules), [FORWARD, GROUPS, ABSENT])
  assert.deepEqual(state.links.get('w0'), {
    mac: '02:0a',
    mtu: 1500,
    up: false,
    arp: false,
    alias: 'hsmnet:a:b',
    index: 3,
    peer: 2,
  })
  assert.equal(state.links.get('lo')?.up, true)
  assert.deepEqual([...state.addresses], ['10.2.0.1/32 dev lo'])
  assert.deepEqual(
    [...state.rules],
    ['pref 0 lookup 255', 'pref 100 fwmark 268435999 lookup 268435999', 'pref 200 iif w0 lookup 7'],
  )
  assert.deepEqual(Object.fromEntries(state.settings), { [FORWARD]: '1', [GROUPS]: '0 2147483647', [ABSENT]: '' })
  assert.equal(state.filter, '')
})

for (const [printed, line] of routes) {
  test(`route ${line ?? `not ours: ${JSON.stringify(printed)}`}`, () => {
    const state = parseObservation(print(links, addresses, [printed], rules), [])
    assert.deepEqual([...state.routes], line === null ? [] : [line])
  })
}

test('an answer that is no list is refused', () => {
  assert.throws(() => parseObservation('{}\n', []), /no list/)
})

test('a filter compares equal whatever the order of keys and elements, the counters and the handles', () => {
  const part = hsmPairPart()
  const wanted = routerFilter(part.routers[0]?.tables ?? [], part.ports)
  const made = (JSON.parse(filterCommands(wanted)) as { nftables: { add?: Record<string, object> }[] }).nftables
  const listed = made
    .slice(3)
    .toReversed()
    .flatMap(({ add }) => Object.entries(add ?? {}))
    .map(([kind, object]) => {
      const elements = (object as { elem?: unknown[] }).elem
      return { [kind]: { handle: 7, ...object, ...(elements ? { elem: elements.toReversed() } : {}) } }
    })
  // nft lists the rules of a chain in order; here each chain has one.
  const rules = listed.filter(object => 'rule' in object).toReversed()
  const definitions = listed.filter(object => !('rule' in object))
  const counted = JSON.stringify([...definitions, ...rules]).replace('"packets":0', '"packets":17')
  assert.equal(canonicalFilter(JSON.parse(counted) as Record<string, unknown>[]), wanted)
})

test('a router without ports has no filter, and the commands for none remove the table', () => {
  assert.equal(routerFilter([], []), '')
  const commands = (JSON.parse(filterCommands('')) as { nftables: object[] }).nftables
  assert.deepEqual(
    commands.map(command => Object.keys(command)[0]),
    ['add', 'delete'],
  )
})
