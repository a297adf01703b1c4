/** `bench up`: how soon a network stands and signs, and how soon hosts come and go beside Mininet's. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { SECRETS } from '../test/demo/signing.ts'
import { Instance, ROOT, runProgram } from '../test/support/hsmnet.ts'
import { type Benchmark, type Figure, median, spread, startedByKernel } from './figure.ts'
import { type HostTimes, planOfHosts, timeHosts } from './hosts.ts'

/** The goals. */
const PAIR_SECONDS = 3
const TIMES_MININET = 5
const ROUNDS = 5

export const up: Benchmark = {
  name: 'up',
  run: async say => [
    ...(await pair(say)),
    ...(await hosts(say, 10)),
    ...(await hosts(say, 100)),
    ...(await hosts(say, 300)),
  ],
}

/** hsm-pair from nothing, server and agent included, by the commands a newcomer types. */
async function pair(say: (text: string) => void): Promise<Figure[]> {
  const templates = ['azuredeploy.json', 'hsmnet.json'].map(name => path.join(ROOT, 'examples', 'hsm-pair', name))
  const stands: number[] = []
  const signs: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const instance = new Instance('bench')
    try {
      const secret = (name: keyof typeof SECRETS) => instance.secret(name, SECRETS[name])
      const started = performance.now()
      const seconds = () => (performance.now() - started) / 1000
      await instance.must(['up', ...templates])
      stands.push(seconds())
      await instance.must([
        ...['hsm', 'init', 'hsm1', '--from', 'vm1', '--partition', 'app', '--domain', secret('domain')],
        ...[
          '--admin-password',
          secret('delivered'),
          '--new-admin-password',
          secret('admin'),
          '--so-password',
          secret('officer'),
        ],
      ])
      await instance.must([
        ...['hsm', 'register', 'hsm1', '--from', 'vm1', '--partition', 'app', '--admin-password', secret('admin')],
        ...['--po-password', secret('partitionOfficer'), '--co-pin', secret('user')],
      ])
      const tool = ['exec', 'vm1', '--', 'pkcs11-tool', '--module', MODULE, '--token-label', 'signing-1']
      const login = ['--login', '--pin', SECRETS.user]
      await instance.must([...tool, ...login, '--keypairgen', '--key-type', 'EC:prime256v1', '--id', '01'])
      await instance.must([
        ...tool,
        ...login,
        '--sign',
        '--mechanism',
        'ECDSA',
        '--id',
        '01',
        '--input-file',
        '/etc/hostname',
        '--output-file',
        '/home/s',
      ])
      signs.push(seconds())
      say(
        `hsm-pair, round ${round + 1} of ${ROUNDS}: stands in ${stands.at(-1)?.toFixed(2)} s, signs after ${signs.at(-1)?.toFixed(2)} s`,
      )
    } finally {
      await instance.run(['down', '--purge', '--destroy', 'hsm1', 'hsm2'])
      instance.remove()
    }
  }
  const figure = (name: string, values: readonly number[], note: string): Figure => ({
    name,
    value: median(values),
    unit: 's',
    beside: null,
    ratio: null,
    goal: `<= ${PAIR_SECONDS} s`,
    met: median(values) <= PAIR_SECONDS,
    note: `median of ${values.length}, ${spread(values)}; ${note}`,
  })
  return [
    figure('hsm-pair: to all Succeeded', stands, 'server and agent started from nothing'),
    figure(
      'hsm-pair: to the first signature',
      signs,
      'up, password change, init, register, key pair, signature: five commands',
    ),
  ]
}

const MODULE = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/pkcs11/p11-kit-client.so`

async function hosts(say: (text: string) => void, count: number): Promise<Figure[]> {
  const plan = planOfHosts(count)
  const ours: HostTimes[] = []
  const theirs: HostTimes[] = []
  const mininet = mininetTrouble()
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(...(await timeHosts(plan, 1)))
    if (mininet === null) theirs.push(await timeMininet(count))
    say(`${count} hosts, round ${round + 1} of ${ROUNDS}: ours ${words(ours.at(-1))}, Mininet ${words(theirs.at(-1))}`)
  }
  const both = ({ create, destroy }: HostTimes) => create + destroy
  return [
    beside(`${count} hosts: create`, ours, theirs, time => time.create, null, mininet),
    beside(`${count} hosts: destroy`, ours, theirs, time => time.destroy, null, mininet),
    beside(`${count} hosts: create plus destroy`, ours, theirs, both, count === 100 ? TIMES_MININET : null, mininet),
    {
      ...beside(`${count} hosts: processes and threads started`, ours, theirs, time => time.started, null, mininet),
      unit: 'starts',
    },
  ]
}

function beside(
  name: string,
  ours: readonly HostTimes[],
  theirs: readonly HostTimes[],
  pick: (time: HostTimes) => number,
  goal: number | null,
  trouble: string | null,
): Figure {
  const value = median(ours.map(pick))
  const other = theirs.length === 0 ? null : median(theirs.map(pick))
  const ratio = other === null ? null : other / value
  const against =
    other === null ? `Mininet not measured: ${trouble ?? ''}` : `Mininet with LinuxBridge ${spread(theirs.map(pick))}`
  return {
    name,
    value,
    unit: 's',
    beside: other,
    ratio,
    goal: goal === null ? null : `>= ${goal} x`,
    met: goal === null || ratio === null ? null : ratio >= goal,
    note: `median of ${ours.length}, ${spread(ours.map(pick))}; ${against}`,
  }
}

function mininetTrouble(): string | null {
  if (process.getuid?.() !== 0) return 'Mininet needs root'
  return existsSync('/usr/bin/mn') ? null : 'the Debian package mininet is not installed'
}

/** In namespaces of its own, so that what it leaves behind goes with them. */
async function timeMininet(count: number): Promise<HostTimes> {
  const script = path.join(import.meta.dirname, 'mininet-hosts.py')
  const before = startedByKernel()
  const ran = await runProgram('unshare', ['--net', '--mount', '/usr/bin/python3', script, String(count)])
  if (ran.code !== 0) throw new Error(`Mininet failed: ${ran.stderr}`)
  const times = JSON.parse(ran.stdout.trim().split('\n').at(-1) ?? '')
  return { ...times, started: startedByKernel() - before }
}

function words(time: HostTimes | undefined): string {
  return time === undefined ? 'not measured' : `${time.create.toFixed(2)} + ${time.destroy.toFixed(2)} s`
}
