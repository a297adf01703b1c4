import assert from 'node:assert/strict'
import test from 'node:test'
import { layoutPlan } from '../../../../../src/machine/agent/kernel/layout.ts'
import { looksRight, type ProcNet } from '../../../../../src/machine/agent/kernel/proc-net.ts'
import { hsmPairPlan } from '../hsm-pair.ts'

const layout = layoutPlan(hsmPairPlan(), { owner: '0a0b0c0d', lastGroup: 0 })
const host = [...layout.namespaces.values()].find(namespace => namespace.kind === 'host')
if (!host) throw new Error('the layout has a host')

const DEV = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets
    lo:       0       0    0    0    0     0          0         0        0       0
  eth0:       0       0    0    0    0     0          0         0        0       0
`
const ROUTE = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	0100020A	0003	0	0	0	00000000	0	0	0
eth0	0000020A	00000000	0001	0	0	0	00FFFFFF	0	0	0
`
const FIB = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 10.2.0.0/24 2 0 1
        |-- 10.2.0.0
           /24 link UNICAST
        |-- 10.2.0.4
           /32 host LOCAL
        |-- 10.2.0.255
           /32 link BROADCAST
     +-- 127.0.0.0/8 2 0 2
        |-- 127.0.0.1
           /32 host LOCAL
`
const good: ProcNet = { dev: DEV, route: ROUTE, fibTrie: FIB }

const rows: readonly [string, ProcNet, boolean][] = [
  ['as the plan wants it', good, true],
  ['no eth0', { ...good, dev: DEV.replace(/^ {2}eth0.*\n/m, '') }, false],
  ['one link more', { ...good, dev: `${DEV}  tap0:       0\n` }, false],
  ['no default route', { ...good, route: ROUTE.replace(/^eth0\t00000000.*\n/m, '') }, false],
  ['another gateway', { ...good, route: ROUTE.replace('0100020A', '0200020A') }, false],
  ['another prefix length', { ...good, route: ROUTE.replace('00FFFFFF', '0000FFFF') }, false],
  ['a route more', { ...good, route: `${ROUTE}eth0\t0000030A\t0100020A\t0003\t0\t0\t0\t00FFFFFF\t0\t0\t0\n` }, false],
  ['eth0 down: no routes', { ...good, route: ROUTE.split('\n')[0] ?? '' }, false],
  ['another address', { ...good, fibTrie: FIB.replace('10.2.0.4', '10.2.0.5') }, false],
  ['loopback down', { ...good, fibTrie: FIB.replace('127.0.0.1', '10.2.0.4') }, false],
]
for (const [what, seen, expected] of rows) {
  test(`a host's namespace: ${what}`, () => assert.equal(looksRight(host, seen), expected))
}
