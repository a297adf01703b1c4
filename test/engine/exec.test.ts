/** How programs run in a host: streams, exit codes, signals, terminals, as whoever runs `hsmnet exec` sees them. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import test, { after, before, describe } from 'node:test'
import { modes, onTerminal, skipReason, TestAgent } from './harness.ts'
import { hostId, hostsPlan } from './hosts.ts'

const host = hostId(1)

for (const mode of modes) {
  describe(`exec, ${mode}`, { skip: skipReason() }, () => {
    let agent: TestAgent
    before(async () => {
      agent = new TestAgent(mode)
      await agent.start()
      await agent.realise(1, hostsPlan(1))
    })
    after(() => agent.remove())

    const shell = (script: string, input?: string) =>
      agent.exec(host, ['sh', '-c', script], input === undefined ? {} : { input })

    for (const code of [0, 1, 42, 127, 255]) {
      test(`exit code ${code}`, async () => assert.equal((await shell(`exit ${code}`)).code, code))
    }

    const rows: readonly [string, string, string][] = [
      ['its own name', 'hostname; cat /etc/hostname', 'vm1\nvm1\n'],
      ['a user of its own', 'id -un; echo $HOME; pwd; grep -c ^user: /etc/passwd', 'user\n/home\n/home\n1\n'],
      ['a home and temporary files of its own', 'umask 022; echo x >~/f && echo y >/tmp/f && cat ~/f /tmp/f', 'x\ny\n'],
      ['the runtime on its PATH', 'node -p "process.versions.node.split(\'.\')[0] >= 24"', 'true\n'],
      ['one NIC', 'ls /proc/sys/net/ipv4/conf; cat /proc/net/dev | grep -c :', 'all\ndefault\neth0\nlo\n2\n'],
      ['nothing of the environment it was entered from', 'env | grep -cE "HSMNET|SUDO|SSH" ', '0\n'],
      ['SIGPIPE as a program expects it', 'yes | head -1; echo $?', 'y\n0\n'],
    ]
    for (const [what, script, expected] of rows) {
      test(`a host has ${what}`, async () => {
        const { stdout, stderr } = await shell(script)
        assert.equal(stdout, expected, stderr)
      })
    }

    test('a datagram ICMP socket opens: what `ping` needs', async () => {
      const { stdout, stderr } = await agent.exec(host, ['perl', '-e', 'socket(S,2,2,1) or die $!; print "ok"'])
      assert.equal(stdout, 'ok', stderr)
    })

    test("streams are the caller's, arguments arrive whole, the directory is the one asked for", async () => {
      const script = 'cat; echo err >&2; pwd; printf "[%s]" "$@"'
      const args = ['sh', '-c', script, 'sh', 'a b', '', "it's", '$HOME', '*', '; exit 9', 'line\nbreak']
      const { code, stdout, stderr } = await agent.exec(host, args, { input: 'in\n', cwd: '/usr' })
      assert.deepEqual([code, stderr], [0, 'err\n'])
      assert.equal(stdout, `in\n/usr\n[a b][][it's][$HOME][*][; exit 9][line\nbreak]`)
    })

    test('a program that dies of a signal reads 128 + its number', async () => {
      assert.equal((await shell('kill -TERM $$')).code, 143)
      assert.equal((await shell('kill -KILL $$')).code, 137)
    })

    test('a program that is not there reads 127', async () => {
      assert.equal((await agent.exec(host, ['no-such-program'])).code, 127)
    })

    test('with the caller gone, the program ends', async () => {
      const { program, args } = await agent.invocation(host, ['sleep', '4711'], { tty: false, env: {} })
      const child = spawn(program, args, { stdio: 'ignore' })
      const running = async () => (await shell('grep -lx -a "sleep.4711." /proc/[0-9]*/cmdline | wc -l')).stdout.trim()
      while ((await running()) !== '1') assert.equal(child.exitCode, null)
      child.kill('SIGTERM')
      while ((await running()) !== '0');
    })

    test('what a program leaves behind is reaped when it ends', async () => {
      const orphan = (await shell('sleep 0.05 >/dev/null & echo $!')).stdout.trim()
      while ((await shell(`test -e /proc/${orphan}`)).code === 0);
    })

    test("on a terminal: one of the host's own, with its size, and exit codes", async () => {
      const invocation = await agent.invocation(host, ['sh', '-c', 'tty; test -t 0 -a -t 1; echo "t=$?"; exit 7'], {
        tty: true,
        env: {},
      })
      const { code, stdout } = await onTerminal(invocation)
      assert.match(stdout, /\/dev\/pts\/\d+\r\nt=0/)
      assert.equal(code, 7)
    })

    test('on a terminal: Ctrl-C goes to the program', async () => {
      const script = `trap 'echo "got INT"; exit 9' INT; echo up; while :; do sleep 0.05; done`
      const invocation = await agent.invocation(host, ['sh', '-c', script], { tty: true, env: {} })
      const { code, stdout } = await onTerminal(invocation, [{ prompt: 'up', keys: '\x03' }])
      assert.match(stdout, /got INT/)
      assert.equal(code, 9)
    })

    test('on a terminal: an interactive shell with job control', async () => {
      const invocation = await agent.invocation(host, ['bash', '--norc', '-i'], { tty: true, env: { TERM: 'dumb' } })
      const { code, stdout } = await onTerminal(invocation, [
        { prompt: '$ ', keys: `sh -c 'trap "echo again" CONT; echo "in front"; while :; do sleep 0.1; done'\n` },
        { prompt: 'in front\r\n', keys: '\x1a' },
        { prompt: 'Stopped', keys: 'fg\n' },
        { prompt: 'again\r\n', keys: '\x03' },
        { prompt: '$ ', keys: 'echo "rc=$?"\n' },
        { prompt: 'rc=130', keys: 'exit 42\n' },
      ])
      assert.ok(!stdout.includes('no job control'), stdout)
      assert.equal(code, 42, stdout)
    })
  })
}
