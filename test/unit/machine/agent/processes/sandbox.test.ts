import assert from 'node:assert/strict'
import path from 'node:path'
import test from 'node:test'
import { hashName, statePaths } from '../../../../../src/base/process/state.ts'
import { unneededMounts } from '../../../../../src/machine/agent/processes/bare-mounts.ts'
import {
  daemonCommand,
  holderCommand,
  hostFiles,
  type SandboxContext,
  sharedHolderArguments,
  shownPlaces,
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

/** A host's whole command: the shared arguments stand where bubblewrap reads them. */
function wholeHolder(it: SandboxContext): string[] {
  const [program = '', , , ...rest] = holderCommand(host, it)
  return [program, ...sharedHolderArguments(it), ...rest]
}

/** What of this machine a sandbox shows, and where: `--ro-bind` and its kin as `from → to (rw)`. */
function shown(command: readonly string[]): string[] {
  return command.flatMap((word, at) => {
    if (word === '--bind') return [`${command[at + 1]} → ${command[at + 2]} rw`]
    return word === '--ro-bind' || word === '--ro-bind-try' ? [`${command[at + 1]} → ${command[at + 2]}`] : []
  })
}

test('a host shows the system read-only, its own home, its client and the runtime; nothing else', () => {
  assert.deepEqual(shown(wholeHolder(context)), [
    '/usr → /usr',
    '/etc → /etc',
    '/opt → /opt',
    '/opt/code/node_modules/node/bin → /run/node',
    `${host.directory} → /home rw`,
    `${path.join(paths.clients, hashName(host.endpoint), 'run')} → /run/hsmnet rw`,
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
    wholeHolder(context),
    '-- nsenter --setuid=199999 --setgid=199999 -- env --ignore-signal=CHLD sleep infinity',
  ],
  ['a holder rootless: a user namespace', wholeHolder(rootless), '-- env --ignore-signal=CHLD sleep infinity'],
  [
    'a daemon as root: a uid of its own',
    daemonCommand(appliance, 300001, context),
    `-- setpriv --reuid=300001 --regid=300001 --clear-groups --bounding-set=-all --inh-caps=-all /opt/code/node_modules/node/bin/node /opt/code/src/main.ts @appliance --state ${appliance.directory}`,
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
  for (const command of [wholeHolder(context), daemonCommand(appliance, 1, context)]) {
    const set = command.flatMap((word, at) => (word === '--setenv' ? [command[at + 1]] : []))
    for (const mark of ['HSMNET_OWNER', 'HSMNET_RESOURCE', 'HSMNET_DIGEST']) assert.ok(set.includes(mark))
  }
})

test('rootless, a host is in a user namespace further in', () => {
  assert.match(wholeHolder(rootless).join(' '), / --unshare-user --uid 1000 --gid 1000 /)
})

test("only over files that the machine has are the host's own put", () => {
  const none = wholeHolder({ ...context, exists: file => file === '/etc/passwd' })
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

test('the mounts that sandboxes start among keep everything that is shown', () => {
  const places = shownPlaces(context)
  const from = [wholeHolder(context), daemonCommand(appliance, 1, context), daemonCommand(client, 1, context)].flatMap(
    shown,
  )
  for (const bind of from) {
    const [source = ''] = bind.split(' → ')
    assert.ok(
      places.some(place => source === place || source.startsWith(`${place}/`)),
      source,
    )
  }
})

const MOUNTINFO = `21 1 254:0 / / rw - ext4 /dev/vda rw
22 21 0:20 / /proc rw - proc proc rw
23 21 0:21 / /sys rw - sysfs sysfs rw
24 23 0:22 / /sys/fs/cgroup rw - tmpfs tmpfs rw
25 21 0:5 / /dev rw - devtmpfs devtmpfs rw
26 25 0:23 / /dev/shm rw - tmpfs tmpfs rw
27 22 0:24 / /proc/sys/fs/binfmt_misc rw - binfmt_misc none rw
28 21 0:25 / /run rw - tmpfs tmpfs rw
29 28 0:25 /netns /run/netns rw shared:1 - tmpfs tmpfs rw
30 29 0:4 net:[1] /run/netns/hsmnet-a-b rw - nsfs nsfs rw
31 21 254:1 / /var rw - ext4 /dev/vdb rw
32 21 254:2 / /usr/share rw - ext4 /dev/vdc rw
33 21 254:3 / /home/a\\040b rw - ext4 /dev/vdd rw
`
const mounts: readonly [string, readonly string[], readonly string[]][] = [
  [
    'nothing but the system',
    ['/usr', '/etc'],
    ['/sys', '/dev/shm', '/proc/sys/fs/binfmt_misc', '/run', '/var', '/home/a b'],
  ],
  [
    'what lies on a mount',
    ['/usr', '/var/lib/state'],
    ['/sys', '/dev/shm', '/proc/sys/fs/binfmt_misc', '/run', '/home/a b'],
  ],
  [
    'what lies below a mount that holds others',
    ['/run/user/1000/state'],
    ['/sys', '/dev/shm', '/proc/sys/fs/binfmt_misc', '/run/netns', '/var', '/usr/share', '/home/a b'],
  ],
  [
    'a path with a space',
    ['/home/a b/state'],
    ['/sys', '/dev/shm', '/proc/sys/fs/binfmt_misc', '/run', '/var', '/usr/share'],
  ],
]
for (const [what, places, unneeded] of mounts) {
  test(`mounts that are not needed to show ${what}`, () =>
    assert.deepEqual(unneededMounts(MOUNTINFO, places), unneeded))
}
