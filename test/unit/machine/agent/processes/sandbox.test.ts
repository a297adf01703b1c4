import assert from 'node:assert/strict'
import path from 'node:path'
import test from 'node:test'
import { hashName, statePaths } from '../../../../../src/base/process/state.ts'
import {
  daemonCommand,
  holderCommand,
  hostFiles,
  type SandboxContext,
} from '../../../../../src/machine/agent/processes/sandbox.ts'
import { wantedProcesses } from '../../../../../src/machine/agent/processes/wanted.ts'
import { hsmPairPlan } from '../hsm-pair.ts'

const paths = statePaths('/var/lib/state')
const context: SandboxContext = {
  mode: 'root',
  owner: '0a0b0c0d',
  paths,
  node: '/opt/code/node_modules/node/bin/node',
  main: '/opt/code/src/main.ts',
  code: ['/opt/code/src', '/opt/code/node_modules'],
  exists: () => true,
}
const rootless: SandboxContext = { ...context, mode: 'rootless' }
const wanted = wantedProcesses(hsmPairPlan(), context.owner, paths)
const of = (kind: string) => {
  const found = wanted.find(process => process.kind === kind)
  if (!found) throw new Error(`hsm-pair has a ${kind}`)
  return found
}
const [host, appliance, client] = [of('host'), of('appliance'), of('client')]

/** What of this machine a sandbox shows, and where: `--ro-bind` and its kin as `from → to (rw)`. */
function shown(command: readonly string[]): string[] {
  return command.flatMap((word, at) => {
    if (word === '--bind') return [`${command[at + 1]} → ${command[at + 2]} rw`]
    return word === '--ro-bind' || word === '--ro-bind-try' ? [`${command[at + 1]} → ${command[at + 2]}`] : []
  })
}

test('a host shows the system read-only, its own home, its client and the runtime; nothing else', () => {
  assert.deepEqual(shown(holderCommand(host, context)), [
    '/usr → /usr',
    '/etc → /etc',
    '/opt → /opt',
    `${host.directory} → /home rw`,
    `${path.join(paths.clients, hashName(host.endpoint), 'run')} → /run/hsmnet rw`,
    '/opt/code/node_modules/node/bin → /run/node',
  ])
})

for (const daemon of [appliance, client]) {
  test(`a ${daemon.kind} shows the system and the code read-only, and its own directory; nothing else`, () => {
    assert.deepEqual(shown(daemonCommand(daemon, 300001, context)), [
      '/usr → /usr',
      '/etc → /etc',
      '/opt/code/src → /opt/code/src',
      '/opt/code/node_modules → /opt/code/node_modules',
      '/opt/code/node_modules/node/bin → /opt/code/node_modules/node/bin',
      `${daemon.directory} → ${daemon.directory} rw`,
    ])
  })
}

const endings: readonly [string, readonly string[], string][] = [
  [
    'a holder as root: a uid that no program has',
    holderCommand(host, context),
    'setpriv --reuid=199999 --regid=199999 --clear-groups --bounding-set=-all --inh-caps=-all sleep infinity',
  ],
  ['a holder rootless: a user namespace', holderCommand(host, rootless), '-- sleep infinity'],
  [
    'a daemon as root: a uid of its own',
    daemonCommand(appliance, 300001, context),
    `setpriv --reuid=300001 --regid=300001 --clear-groups --bounding-set=-all --inh-caps=-all /opt/code/node_modules/node/bin/node /opt/code/src/main.ts @appliance --state ${appliance.directory}`,
  ],
  [
    'a daemon rootless',
    daemonCommand(client, 0, rootless),
    `-- /opt/code/node_modules/node/bin/node /opt/code/src/main.ts @client --state ${client.directory}`,
  ],
]
for (const [what, command, ending] of endings) {
  test(`what runs: ${what}`, () => {
    const text = command.join(' ')
    assert.ok(text.endsWith(ending), text)
    assert.match(text, /--cap-drop ALL/)
    assert.match(text, /--clearenv/)
  })
}

test('a process bears owner, id and digest, in the environment of the last program alone', () => {
  for (const command of [holderCommand(host, context), daemonCommand(appliance, 1, context)]) {
    const set = command.flatMap((word, at) => (word === '--setenv' ? [command[at + 1]] : []))
    for (const mark of ['HSMNET_OWNER', 'HSMNET_RESOURCE', 'HSMNET_DIGEST']) assert.ok(set.includes(mark))
  }
})

test('rootless, a host is in a user namespace further in', () => {
  assert.match(holderCommand(host, rootless).join(' '), / --unshare-user --uid 1000 --gid 1000 /)
})

test("only over files that the machine has are the host's own put", () => {
  const none = holderCommand(host, { ...context, exists: file => file === '/etc/passwd' })
  const files = none.flatMap((word, at) => (word === '--ro-bind-data' ? [`${none[at + 1]} ${none[at + 2]}`] : []))
  assert.deepEqual(files, ['4 /etc/passwd'])
})

test('a host knows its user and its own name', () => {
  const [passwd, group, hosts, hostname] = hostFiles('vm1', 200000)
  assert.match(passwd, /^user:x:200000:200000:user:\/home:\/bin\/sh$/m)
  assert.match(group, /^user:x:200000:$/m)
  assert.match(hosts, /^127\.0\.1\.1 vm1$/m)
  assert.equal(hostname, 'vm1')
})
