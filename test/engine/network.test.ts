/** The netns engine's conformance: packets go where the plan says and nowhere else, in both modes. */
import assert from 'node:assert/strict'
import test, { after, before, describe } from 'node:test'
import type { Plan, PlanPart } from '../../src/model/plan/plan.ts'
import { hsmPairPart } from '../unit/machine/agent/hsm-pair.ts'
import { assertSameLines, modes, skipReason, TestAgent } from './harness.ts'

/** A tenant with the same VNet and addresses, but neither gateway nor HSM. */
function bareTenant(): PlanPart {
  const part = hsmPairPart('b')
  const [router] = part.routers
  const [port] = part.ports
  const [endpoint] = part.endpoints
  if (!router || !port || !endpoint) throw new Error('the part has them')
  const tables = router.tables.filter(table => table.ingress.kind !== 'link')
  return {
    id: part.id,
    routers: [{ ...router, main: [], tables }],
    links: [],
    ports: [port],
    endpoints: [endpoint],
    daemons: [],
  }
}

const a = hsmPairPart('a')
const b = bareTenant()
const plan: Plan = { parts: { [a.id]: a, [b.id]: b } }
const hostOf = (part: PlanPart) => part.endpoints.find(({ kind }) => kind === 'host')?.id ?? ''
const devices = a.daemons.filter(({ kind }) => kind === 'appliance').map(({ id }) => id)

/**
 * Connects from a host; prints what the other side says first, or why not and whether that took long. (A blocking
 * connect learns of an unreachable route by its second SYN only, a second later: while it holds the socket the kernel
 * keeps the first answer back.)
 */
const CONNECT = `
const [address, port] = process.argv.slice(1), began = Date.now()
const socket = require('net').connect(Number(port), address)
socket.on('data', data => { console.log(String(data).slice(0, 7)); socket.destroy() })
socket.on('error', error => console.log(error.code, Date.now() - began < 900 ? '' : 'late'))
socket.setTimeout(5000, () => { console.log('timeout'); socket.destroy() })`

for (const mode of modes) {
  describe(`network, ${mode}`, { skip: skipReason() }, () => {
    let agent: TestAgent
    before(async () => {
      agent = new TestAgent(mode)
      await agent.start()
      await agent.realise(1, plan)
    })
    after(() => agent.remove())

    const say = async (host: string, address: string, port: number) => {
      const { stdout, stderr } = await agent.exec(host, ['node', '-e', CONNECT, address, `${port}`])
      return stdout.trim() || stderr
    }

    test('every element stands, and each device was reached through the network', () => {
      for (const element of agent.elements.values()) assert.equal(element.state, 'ready', JSON.stringify(element))
      for (const id of devices) {
        const { probe, device } = agent.elements.get(id) ?? {}
        assert.equal(probe?.result, 'passed')
        assert.deepEqual([device?.running, device?.zeroized, device?.ntls], [true, true, false])
      }
    })

    const rows: readonly [string, PlanPart, string, number, string][] = [
      ['vm1 reaches HSM 1 in stamp 1', a, '10.2.1.4', 22, 'SSH-2.0'],
      ['vm1 reaches HSM 2 in stamp 2', a, '10.2.1.5', 22, 'SSH-2.0'],
      ['1792 stays closed until the password is changed', a, '10.2.1.4', 1792, 'ECONNREFUSED'],
      ['the rest of the delegated subnet is unreachable at once', a, '10.2.1.6', 22, 'EHOSTUNREACH'],
      ['so is what is outside the VNet', a, '203.0.113.7', 22, 'EHOSTUNREACH'],
      ['the gateway has its address', a, '10.2.255.4', 22, 'ECONNREFUSED'],
      ["the subnet's gateway is the router", a, '10.2.0.1', 22, 'ECONNREFUSED'],
      [
        'a second tenant with the same addresses reaches no HSM, while the same listener answers vm1',
        b,
        '10.2.1.4',
        22,
        'EHOSTUNREACH',
      ],
      ['nor the other', b, '10.2.1.5', 22, 'EHOSTUNREACH'],
    ]
    for (const [what, part, address, port, expected] of rows) {
      test(what, async () => assert.equal(await say(hostOf(part), address, port), expected))
    }

    test('a packet with another source than its own is dropped at the port, and counted', async () => {
      const host = hostOf(a)
      const other = ['10.2.0.77/32', 'dev', 'lo']
      const send =
        's=require("dgram").createSocket("udp4");s.bind(9,"10.2.0.77",()=>s.send("x",9,"10.2.1.4",()=>s.close()))'
      await agent.inside(host, ['ip', 'addr', 'add', ...other])
      const sent = await agent.inside(host, [process.execPath, '-e', send])
      await agent.inside(host, ['ip', 'addr', 'del', ...other])
      assert.equal(sent.code, 0, sent.stderr)
      const { stdout } = await agent.inside(a.id, ['nft', 'list', 'chain', 'inet', 'hsmnet', 'c_source'])
      assert.match(stdout, /counter packets 1 bytes \d+ drop/)
    })

    test('a device answers when it is asked', async () => {
      const answer = await agent.ask({ op: 'device', id: devices[0] ?? '' })
      assert.equal(answer?.ok && answer.device?.serial, '700001')
      assert.equal((await agent.ask({ op: 'device', id: hostOf(a) }))?.ok, false)
    })

    test('the same plan again changes nothing: no process, namespace, link or rule', async () => {
      const snapshot = await agent.snapshot(plan)
      await agent.realise(2, plan)
      assertSameLines(await agent.snapshot(plan), snapshot)
    })

    test('a tenant that leaves takes nothing else with it', async () => {
      const snapshot = await agent.snapshot({ parts: { [a.id]: a } })
      await agent.realise(3, { parts: { [a.id]: a } })
      const { stdout } = await agent.byHand(['ip', 'netns', 'list'])
      for (const { id } of [...b.routers, ...b.endpoints]) assert.ok(!stdout.includes(agent.namespace(id)), stdout)
      assert.equal(agent.elements.has(hostOf(b)), false)
      await agent.realise(4, plan)
      const { stdout: links } = await agent.inside(hostOf(b), ['ip', '-o', '-4', 'addr', 'show', 'dev', 'eth0'])
      assert.match(links, /10\.2\.0\.4\/24/)
      const later = await agent.snapshot({ parts: { [a.id]: a } })
      const ofA = (lines: readonly string[]) => lines.filter(line => !line.includes(hostOf(b)))
      assertSameLines(ofA(later), ofA(snapshot))
    })
  })
}
