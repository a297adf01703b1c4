/** From inside vm1: everything that it must not be able to do (recipes/processes 4). Each attempt must fail, and say why. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import test, { after, before, describe } from 'node:test'
import { hsmPairPart } from '../unit/machine/agent/hsm-pair.ts'
import { modes, skipReason, TestAgent } from './harness.ts'
import { hostId, hostsPlan } from './hosts.ts'

const [vm1, vm2] = [hostId(1), hostId(2)]

/** perl numbers of system calls and constants, since a host has perl and no compiler: x86-64, arm64. */
const PTRACE = process.arch === 'x64' ? 101 : 117
const ATTACH = 16

/** What is tried, in words of a shell that has the facts below as variables; and what is said when it fails. */
const NO_FILE = /No such file|Permission denied/
const NOT_PERMITTED = /not permitted|Permission denied|Read-only|only root|must be root|superuser|Invalid argument/
const attempts: readonly [string, string, RegExp][] = [
  ['read the state directory', 'ls "$STATE"', NO_FILE],
  ['read the owner mark of the instance', 'cat "$STATE/owner"', NO_FILE],
  ["read another VM's home", 'cat "$OTHER_HOME/secret"', NO_FILE],
  ["read another VM's temporary files", 'cat /tmp/secret', NO_FILE],
  ['go round by /proc/1/root', 'ls "/proc/1/root$STATE"', NO_FILE],
  ['go round by /proc/1/cwd', 'ls "/proc/1/cwd/$STATE"', NO_FILE],
  ["read the machine's disk", 'head -c1 /dev/vda || head -c1 /dev/sda || head -c1 /dev/nvme0n1', NO_FILE],
  ['make a device node', 'mknod /tmp/disk b 254 0', NOT_PERMITTED],
  ['write to /usr', 'touch /usr/x', NOT_PERMITTED],
  ['write to /etc', 'touch /etc/x', NOT_PERMITTED],
  ['write over its passwd', 'echo x >/etc/passwd', NOT_PERMITTED],
  ['write to /run', 'touch /run/x', NOT_PERMITTED],
  ['change the kernel', 'echo 1 >/proc/sys/kernel/panic', NOT_PERMITTED],
  ['switch forwarding on', 'echo 1 >/proc/sys/net/ipv4/ip_forward', NOT_PERMITTED],
  ['signal a process of the machine', 'kill -0 "$OUTSIDE"', /No such process/],
  ["signal another VM's holder", 'kill -0 "$OTHER_HOLDER"', /No such process/],
  ['trace its own holder', `perl -e '$! = 0; syscall(${PTRACE}, ${ATTACH}, 1, 0, 0) == 0 or die $!'`, NOT_PERMITTED],
  ["read its holder's memory", 'head -c1 /proc/1/mem', NOT_PERMITTED],
  ["read its holder's environment", 'cat /proc/1/environ', NOT_PERMITTED],
  ["enter its holder's namespaces", 'nsenter -t 1 -n -m true', NOT_PERMITTED],
  ['enter a namespace by name', 'nsenter --net=/run/netns/"$OTHER_NAMESPACE" true', NO_FILE],
  ['mount', 'mount -t tmpfs x /home', /must be superuser|not permitted|permission denied/],
  ['unmount its home', 'umount /home', /must be superuser|not permitted|not mounted|umount failed/],
  ['make /usr writable', 'mount -o remount,rw /usr', /must be superuser|not permitted|permission denied/],
  ['make a link', '/usr/sbin/ip link add d0 type dummy', NOT_PERMITTED],
  ['take an address', '/usr/sbin/ip addr add 10.2.0.99/32 dev lo', NOT_PERMITTED],
  ['add a route', '/usr/sbin/ip route add 203.0.113.0/24 dev eth0', NOT_PERMITTED],
  ['set its NIC down', '/usr/sbin/ip link set eth0 down', NOT_PERMITTED],
  ['filter packets', '/usr/sbin/nft add table x', NOT_PERMITTED],
  ['open a raw socket', `perl -e 'socket(S,2,3,1) or die $!'`, NOT_PERMITTED],
  ['open a packet socket', `perl -e 'socket(S,17,3,768) or die $!'`, NOT_PERMITTED],
  [
    'listen on port 22',
    `perl -e 'use Socket; socket(S,2,1,6); bind(S,pack_sockaddr_in(22,INADDR_ANY)) or die $!'`,
    NOT_PERMITTED,
  ],
  [
    "connect to another VM's abstract socket",
    `perl -e 'use Socket; socket(S,1,1,0); connect(S,pack_sockaddr_un("\\0hsmnet-test")) or die $!'`,
    /refused/,
  ],
  ['become root by a setuid program', 'su -c true </dev/null', /Authentication|failure|must be|not permitted|cannot/],
  ['read the kernel log', 'dmesg', NOT_PERMITTED],
  ['reach its network from a user namespace of its own', 'unshare -Ur /usr/sbin/ip link set eth0 down', NOT_PERMITTED],
  ['sniff from a user namespace of its own', `unshare -Ur perl -e 'socket(S,17,3,768) or die $!'`, NOT_PERMITTED],
  [
    'lay bare its mounts from a user namespace of its own',
    'unshare -Urm umount /home',
    /not mounted|umount failed|not permitted|Invalid argument/,
  ],
]

for (const mode of modes) {
  describe(`confinement of a host, ${mode}`, { skip: skipReason() }, () => {
    let agent: TestAgent
    let facts: readonly string[]
    const outside = spawn('sleep', ['600'], { stdio: 'ignore' })
    let listener: ReturnType<typeof spawn> | undefined

    before(async () => {
      agent = new TestAgent(mode)
      await agent.start()
      await agent.realise(1, hostsPlan(2))
      await agent.exec(vm2, ['sh', '-c', 'umask 0; echo secret >/home/secret; echo secret >/tmp/secret'])
      const listen =
        'use Socket; $|=1; socket(S,1,1,0); bind(S,pack_sockaddr_un("\\0hsmnet-test")); listen(S,1); print "up"; sleep 600'
      const { program, args } = await agent.invocation(vm2, ['perl', '-e', listen], { tty: false, env: {} })
      const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      listener = child
      await new Promise(resolve => child.stdout.once('data', resolve))
      facts = [
        `STATE=${agent.paths.root}`,
        `OTHER_HOME=${agent.hostFiles(vm2)}`,
        `OUTSIDE=${outside.pid}`,
        `OTHER_HOLDER=${agent.pidOf(vm2)}`,
        `OTHER_NAMESPACE=${agent.namespace(vm2)}`,
      ]
    })
    after(async () => {
      listener?.kill()
      outside.kill()
      await agent.remove()
    })

    for (const [what, script, why] of attempts) {
      test(`vm1 cannot ${what}`, async () => {
        const { code, stdout, stderr } = await agent.exec(vm1, ['env', ...facts, 'LC_ALL=C', 'sh', '-c', script])
        assert.notEqual(code, 0, stdout)
        assert.match(stderr, why)
      })
    }

    test('vm1 sees no process but its own and its holder', async () => {
      const { stdout } = await agent.exec(vm1, ['sh', '-c', 'cat /proc/[0-9]*/comm'])
      const [first, ...rest] = stdout.trim().split('\n')
      assert.equal(first, 'sleep')
      for (const name of rest) assert.match(name, /^(sh|cat|setpriv)$/)
    })

    test("vm1's programs and its holder hold no capability and can gain none", async () => {
      const { stdout } = await agent.exec(vm1, [
        'grep',
        '-hE',
        '^(CapEff|CapPrm|CapInh|CapAmb|NoNewPrivs)',
        '/proc/self/status',
      ])
      const ofHolder = readFileSync(`/proc/${agent.pidOf(vm1)}/status`, 'utf8')
      for (const set of ['CapEff', 'CapPrm', 'CapAmb']) {
        for (const text of [...(mode === 'root' ? [stdout] : []), ofHolder])
          assert.match(text, new RegExp(`${set}:\t0+\n`))
      }
      for (const text of [stdout, ofHolder]) assert.match(text, /NoNewPrivs:\t1/)
    })

    test("vm1's holder is another user than its programs, as the machine sees them", {
      skip: mode === 'rootless' && 'one user is all there is: a user namespace keeps them apart',
    }, async () => {
      const { stdout } = await agent.exec(vm1, ['id', '-u'])
      assert.match(readFileSync(`/proc/${agent.pidOf(vm1)}/status`, 'utf8'), /Uid:\t199999\t/)
      assert.equal(stdout, '200000\n')
    })

    test('vm1 cannot pass for the holder of another VM, whatever it calls itself', async () => {
      const { pid } = await agent.place(vm2)
      const environment = readFileSync(`/proc/${agent.pidOf(vm2)}/environ`, 'utf8').split('\0')
      const marks = environment.filter(line => line.startsWith('HSMNET_'))
      assert.equal(marks.length, 3)
      const command = ['unshare', '-Urpf', 'env', ...marks, 'sh', '-c', 'echo up; exec sleep 600']
      const { program, args } = await agent.invocation(vm1, command, { tty: false, env: {} })
      const impostor = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      await new Promise(resolve => impostor.stdout.once('data', resolve))
      await agent.realise(2, hostsPlan(2))
      assert.equal((await agent.place(vm2)).pid, pid)
      assert.equal(agent.marked().filter(({ resource }) => resource === vm2).length > 1, true)
      impostor.kill()
    })

    test('temporary files of vm1 are limited', async () => {
      const { code, stderr } = await agent.exec(vm1, ['sh', '-c', 'head -c 100000000 /dev/zero >/tmp/big'])
      assert.notEqual(code, 0)
      assert.match(stderr, /No space left/)
    })
  })

  describe(`confinement of a device, ${mode}`, { skip: skipReason() }, () => {
    const part = hsmPairPart('a')
    const devices = part.daemons.filter(({ kind }) => kind === 'appliance').map(({ id }) => id)
    let agent: TestAgent
    before(async () => {
      agent = new TestAgent(mode)
      await agent.start()
      await agent.realise(1, { parts: { [part.id]: part } })
    })
    after(() => agent.remove())

    test('no capability, no new privileges, a user and pids of its own', () => {
      const users = devices.map(id => {
        const status = readFileSync(`/proc/${agent.pidOf(id)}/status`, 'utf8')
        assert.match(status, /CapEff:\t0+\n/)
        assert.match(status, /CapPrm:\t0+\n/)
        assert.match(status, /NoNewPrivs:\t1\n/)
        assert.match(status, /NSpid:(\t\d+)+\t1\n/)
        return /Uid:\t(\d+)/.exec(status)?.[1]
      })
      if (mode === 'root') assert.deepEqual(users.toSorted(), ['300000', '300001'])
    })

    test('no file of another device, and of this instance only its own directory', () => {
      const [first = '', second = ''] = devices
      const mounts = readFileSync(`/proc/${agent.pidOf(first)}/mountinfo`, 'utf8').replaceAll('\\040', ' ')
      const own = mounts.split('\n').filter(line => line.includes(agent.paths.root))
      assert.equal(own.length, 1, own.join('\n'))
      assert.ok(!mounts.includes(second))
    })
  })
}
