/** What an agent survives, repairs, refuses and leaves behind. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import test, { after, before, describe } from 'node:test'
import { hashName } from '../../src/base/process/state.ts'
import { portName, wireName } from '../../src/machine/agent/kernel/names.ts'
import type { Plan } from '../../src/model/plan/plan.ts'
import { hsmPairPart } from '../unit/machine/agent/hsm-pair.ts'
import { assertSameLines, eventually, modes, skipReason, TestAgent } from './harness.ts'
import { hostId, hostsPlan } from './hosts.ts'

const part = hsmPairPart('a')
const plan: Plan = { parts: { [part.id]: part } }
const idOf = (list: readonly { readonly id: string }[], ending: string) =>
  list.find(({ id }) => id.endsWith(ending))?.id ?? ''
const vnet = part.id
const [gateway, stamp1, stamp2] = ['er-a', 'stamp/1', 'stamp/2'].map(name => idOf(part.routers, name))
const [vm, hsm1, hsm2] = ['vm1-a', 'hsm1-a', 'hsm2-a'].map(name => idOf(part.endpoints, name))
const [device1, client] = ['hsm1-a#daemon/appliance', 'client'].map(name => idOf(part.daemons, name))
const [wire1, wire2] = ['stamp1', 'stamp2'].map(name => wireName(idOf(part.links, name)))
const vmPort = portName(idOf(part.ports, 'vm1-a#nic/eth0'))
if (!gateway || !stamp1 || !stamp2 || !vm || !hsm1 || !hsm2 || !device1 || !client || !wire1 || !wire2) {
  throw new Error('the plan of hsm-pair has them')
}

/** What somebody does by hand in a namespace; a question there; what it answers when all is well again. */
const drift: readonly [string, string, string, string, RegExp][] = [
  ['a route deleted', vnet, 'ip route del 10.2.1.4', 'ip route show 10.2.1.4', /via 169\.254\.0\.1/],
  ['a route added', vnet, 'ip route add blackhole 10.2.0.99', 'ip route show 10.2.0.99', /^$/],
  [
    'a route of a table deleted',
    vnet,
    'ip route del throw 10.2.0.0/16 table $(ip rule | sed -n "s/^300.*lookup //p")',
    'ip route show table all type throw | wc -l',
    /^3$/,
  ],
  ['a rule deleted', vnet, 'ip rule del pref 200', 'ip rule show pref 200', /iif w/],
  ['an address deleted', vnet, 'ip addr del 10.2.0.1/32 dev lo', 'ip -4 addr show dev lo', /10\.2\.0\.1\/32/],
  ['the filter flushed', vnet, 'nft flush ruleset', 'nft list ruleset', /spoofed source/],
  ["a port's MTU changed", vnet, `ip link set ${vmPort} mtu 900`, `ip link show ${vmPort}`, /mtu 1400/],
  [
    'forwarding switched off',
    gateway,
    'echo 0 >/proc/sys/net/ipv4/ip_forward',
    'cat /proc/sys/net/ipv4/ip_forward',
    /^1$/,
  ],
  ['a wire set down', stamp1, `ip link set ${wire1} down`, 'ip route show default', new RegExp(`dev ${wire1}`)],
  ['a wire deleted', stamp2, `ip link del ${wire2}`, 'ip route show default', new RegExp(`dev ${wire2}`)],
  [
    'the default route of a VM deleted',
    vm,
    'ip route del default',
    'ip route show default',
    /via 10\.2\.0\.1 dev eth0/,
  ],
  ['a route of a VM added', vm, 'ip route add 203.0.113.0/24 via 10.2.0.1', 'ip route show 203.0.113.0/24', /^$/],
  ['the NIC of a device set down', hsm1, 'ip link set eth0 down', 'ip route show default', /via 10\.2\.1\.1/],
  ['the NIC of a device deleted', hsm2, 'ip link del eth0', 'ip -4 addr show dev eth0', /10\.2\.1\.5\/24/],
]

for (const mode of modes) {
  describe(`lifecycle, ${mode}`, { skip: skipReason() }, () => {
    let agent: TestAgent
    before(async () => {
      agent = new TestAgent(mode)
      await agent.start()
      await agent.realise(1, plan)
    })
    after(() => agent.remove())

    const sh = async (id: string, script: string) => (await agent.inside(id, ['sh', '-c', script])).stdout.trim()
    const allReady = () =>
      agent.until('everything is ready', () => [...agent.elements.values()].every(({ state }) => state === 'ready'))

    describe('drift, all of it at once', () => {
      before(async () => {
        for (const [, id, act] of drift) await agent.inside(id, ['sh', '-c', act])
      })
      for (const [what, id, , question, right] of drift) {
        test(`repaired: ${what}`, async () => {
          await eventually(
            what,
            () => sh(id, question),
            answer => right.test(answer),
          )
        })
      }
      test('and nothing else was started anew', async () => {
        await allReady()
        const log = readFileSync(path.join(agent.paths.logs, 'agent.log'), 'utf8')
        assert.ok(log.includes('repairing what differs from the plan'))
        assert.ok(!log.includes('start /'), log)
      })
    })

    test('the name of a namespace deleted while programs run in it: they go on, and it has its name again', async () => {
      const { pid } = await agent.place(vm)
      const inode = await sh(vm, 'readlink /proc/self/ns/net')
      await agent.byHand(['ip', 'netns', 'del', agent.namespace(vm)])
      await eventually(
        'the name is back',
        () => sh(vm, 'readlink /proc/self/ns/net'),
        answer => answer === inode,
      )
      assert.equal((await agent.place(vm)).pid, pid)
    })

    test('the namespace of a router deleted: made anew, and the devices are reached again', async () => {
      const probed = agent.elements.get(device1)?.probe?.at
      await agent.byHand(['ip', 'netns', 'del', agent.namespace(gateway)])
      await agent.until('a probe passes after the repair', () => {
        const { probe, state } = agent.elements.get(device1) ?? {}
        return state === 'ready' && probe?.result === 'passed' && probe.at !== probed
      })
      await allReady()
      const log = readFileSync(path.join(agent.paths.logs, 'agent.log'), 'utf8')
      assert.ok(log.includes(`make namespace ${agent.namespace(gateway)}`))
    })

    for (const [what, id] of [
      ['holder', vm],
      ['device', device1],
      ['client', client],
    ] as const) {
      test(`a killed ${what} is started anew`, async () => {
        const pid = agent.pidOf(id)
        await agent.asOwner(['kill', '-KILL', `${pid}`])
        await agent.until(`${what} is seen to be gone`, () => agent.elements.get(id)?.state !== 'ready')
        await allReady()
        assert.notEqual(agent.pidOf(id), pid)
      })
    }

    test('the agent killed and started again changes nothing: no process, namespace, link or rule', async () => {
      const snapshot = await agent.snapshot(plan)
      const pid = agent.agentPid()
      await agent.asOwner(['kill', '-KILL', `${pid}`])
      agent.elements.clear()
      await agent.start()
      await agent.until('the new agent has looked', () => agent.elements.size > 0)
      await allReady()
      assert.notEqual(agent.agentPid(), pid)
      assertSameLines(await agent.snapshot(plan), snapshot)
      assert.equal((await agent.ask({ op: 'plan', revision: 1, plan }))?.ok, true)
    })

    test('everything lost, as by a reboot: the agent realises its last plan with no server, and files are as they were', async () => {
      await agent.exec(vm, ['sh', '-c', 'echo kept >~/note'])
      await agent.asOwner(['kill', '-KILL', `${agent.agentPid()}`])
      for (const { pid } of agent.marked()) await agent.asOwner(['kill', '-KILL', `${pid}`])
      const { stdout } = await agent.byHand(['ip', 'netns', 'list'])
      for (const name of stdout.match(/^hsmnet-\S+/gm) ?? []) {
        if (name.startsWith(`hsmnet-${agent.owner}-`)) await agent.byHand(['ip', 'netns', 'del', name])
      }
      if (mode === 'rootless') await agent.asOwner(['kill', '-KILL', `${agent.instancePid()}`])
      agent.elements.clear()
      await agent.start()
      await agent.until('the new agent has looked', () => agent.elements.size > 0)
      await allReady()
      assert.equal((await agent.exec(vm, ['cat', '/home/note'])).stdout, 'kept\n')
    })

    test('a device that leaves the plan ends; zeroized, it leaves no file', async () => {
      const directory = path.join(agent.paths.appliances, hashName(device1))
      assert.ok(existsSync(directory))
      await agent.realise(2, {
        parts: { [part.id]: { ...part, daemons: part.daemons.filter(({ id }) => id !== device1) } },
      })
      assert.throws(() => agent.pidOf(device1))
      assert.equal(agent.elements.has(device1), false)
      assert.equal(existsSync(directory), false)
    })
  })

  describe(`protocol, ${mode}`, { skip: skipReason() }, () => {
    let agent: TestAgent
    before(async () => {
      agent = new TestAgent(mode)
      await agent.start()
      await agent.realise(7, hostsPlan(1))
    })
    after(() => agent.remove())

    const one = hostsPlan(1)
    const withDots = JSON.parse(JSON.stringify(one).replaceAll('vm1', 'v..1')) as object
    const withoutRouter = { parts: { [part.id]: { ...one.parts[part.id], routers: [] } } }
    const refused: readonly [string, object, string][] = [
      ['a lower revision', { op: 'plan', revision: 6, plan: one }, 'StaleRevision'],
      ['the same revision with another plan', { op: 'plan', revision: 7, plan: hostsPlan(2) }, 'StaleRevision'],
      ['a plan that refers to what is not there', { op: 'plan', revision: 8, plan: withoutRouter }, 'PlanRefused'],
      ['a host that is not there', { op: 'host', id: 'x' }, 'HostNotFound'],
      ['a device that is not there', { op: 'device', id: hostId(1) }, 'DeviceNotFound'],
    ]
    for (const [what, question, code] of refused) {
      test(`refuses ${what}, and goes on`, async () => {
        const answer = await agent.askAnything(question)
        assert.equal(answer?.ok === false && answer.code, code)
        assert.equal((await agent.ask({ op: 'hello', owner: agent.owner }))?.ok, true)
      })
    }

    const broken: readonly [string, object, string][] = [
      ['what is no request', { op: 'format', disk: '/dev/sda' }, 'InvalidRequest'],
      ['a field too many', { op: 'host', id: 'x', shell: 'sh' }, 'InvalidRequest'],
      ['a plan with ".." in a name', { op: 'plan', revision: 8, plan: withDots }, 'InvalidRequest'],
    ]
    for (const [what, question, code] of broken) {
      test(`drops a connection that sends ${what}`, async () => {
        const answer = await agent.askAnything(question)
        assert.equal(answer?.ok === false && answer.code, code)
        await eventually(
          'the connection is closed',
          () => agent.ask({ op: 'watch' }),
          later => later === null,
        )
        await agent.start()
      })
    }

    test('wants the owner mark first', async () => {
      await agent.connect()
      const answer = await agent.ask({ op: 'watch' })
      assert.equal(answer?.ok === false && answer.code, 'WrongOwner')
      await agent.connect()
      const wrong = await agent.ask({ op: 'hello', owner: 'ffffffff' })
      assert.equal(wrong?.ok === false && wrong.code, 'WrongOwner')
      await agent.start()
    })

    test('the same plan under the same revision is taken, and does nothing', async () => {
      const snapshot = await agent.snapshot(one)
      assert.equal((await agent.ask({ op: 'plan', revision: 7, plan: one }))?.ok, true)
      assertSameLines(await agent.snapshot(one), snapshot)
    })
  })

  describe(`down, ${mode}`, { skip: skipReason() }, () => {
    test('leaves nothing: no process, namespace, link or mount; files stay, and go with purge', async () => {
      const neighbour = new TestAgent(mode)
      const agent = new TestAgent(mode)
      try {
        await neighbour.start()
        await neighbour.realise(1, hostsPlan(1))
        const beside = await neighbour.snapshot(hostsPlan(1))
        await agent.start()
        await agent.realise(1, plan)
        const agentPid = agent.agentPid()
        const instance = mode === 'rootless' ? agent.instancePid() : null

        assert.equal((await agent.ask({ op: 'down', purge: false }))?.ok, true)
        assert.deepEqual(agent.marked(), [])
        const { stdout: names } = await agent.byHand(['ip', 'netns', 'list'])
        assert.ok(!names.includes(agent.owner), names)
        assert.ok(!readFileSync('/proc/self/mountinfo', 'utf8').includes(agent.owner))
        await eventually(
          'the agent is gone',
          async () => existsSync(`/proc/${agentPid}/exe`),
          there => !there,
        )
        for (const name of ['owner', `hosts/${hashName(vm)}`, `appliances/${hashName(device1)}/config.json`]) {
          assert.ok(existsSync(path.join(agent.paths.root, name)), name)
        }
        await agent.asOwner([process.execPath, path.join(import.meta.dirname, 'instance.ts'), 'end', agent.paths.root])
        if (instance !== null) assert.equal(existsSync(`/proc/${instance}/exe`), false)

        // Up again from the files alone, then gone for good.
        await agent.start()
        await agent.realise(1, plan)
        assert.equal((await agent.ask({ op: 'down', purge: true }))?.ok, true)
        for (const place of [agent.paths.hosts, agent.paths.clients, agent.paths.appliances])
          assert.ok(!existsSync(place))
        assertSameLines(await neighbour.snapshot(hostsPlan(1)), beside)
      } finally {
        await agent.remove()
        await neighbour.remove()
      }
    })
  })
}
