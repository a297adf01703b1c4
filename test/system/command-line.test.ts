/** The contract of the command line: exit codes, what goes to stdout, help with an example everywhere. */
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, test } from 'node:test'
import { Instance, ROOT, runProgram } from '../support/hsmnet.ts'
import { leftovers, ownerOf } from '../support/machine.ts'

const instance = new Instance('cli')
after(() => instance.remove())

const file = (name: string, text: string) => {
  const at = path.join(instance.scratch, name)
  writeFileSync(at, text, { mode: 0o644 })
  return at
}
const bad = instance.template('bad', [
  {
    type: 'Microsoft.Network/virtualNetworks',
    apiVersion: '2023-09-01',
    name: 'vnet',
    location: 'eastus',
    properties: { addressSpace: { addressPrefixes: ['10.0.0.1/16'] } },
  },
])
const good = instance.template('good', [
  { type: 'Microsoft.Network/networkSecurityGroups', apiVersion: '2023-09-01', name: 'nsg', location: 'eastus' },
])

const table: readonly (readonly [name: string, args: readonly string[], code: number, ...words: RegExp[]])[] = [
  ['no command', [], 2, /Usage/],
  ['an unknown command', ['fly'], 2, /unknown command 'fly'/],
  ['an unknown option', ['status', '--fast'], 2, /unknown option '--fast'/],
  ['a missing argument', ['up'], 2, /missing required argument/],
  ['--version', ['--version'], 0, /^\d+\.\d+\.\d+$/m],
  ['--help', ['--help'], 0, /doctor/],
  ['a template that is not there', ['plan', '/nonexistent.json'], 2, /FileNotReadable/],
  ['a template that is not JSON', ['plan', file('broken.json', '{"resources": ,}')], 3, /line 1/],
  ['plan with errors', ['plan', bad], 1, /InvalidAddressPrefixFormat/, /10\.0\.0\.0\/16/, /To mend it/],
  ['plan without errors, of a recorded type', ['plan', good], 0, /Create/, /RecordedOnly/],
  ['status without a server', ['status'], 3, /ServerNotRunning/, /hsmnet serve --detach/],
  ['exec without a server', ['exec', 'vm1', '--', 'true'], 3, /ServerNotRunning/],
  ['env without a server', ['env'], 3, /NoConnection/],
  ['doctor', ['doctor'], 0, /package bubblewrap +present/],
  ['down where nothing stands', ['down'], 0, /Everything is down/],
  ['exec without a command', ['exec', 'vm1', '--'], 2, /NoCommand/],
  ['--destroy without --purge', ['down', '--destroy', 'hsm1'], 2, /DestroyWithoutPurge/],
  ['hsm without a verb', ['hsm'], 2, /Usage/],
]
for (const [name, args, code, ...words] of table) {
  test(name, async () => {
    const ran = await instance.run(args)
    assert.equal(ran.code, code, ran.stdout + ran.stderr)
    for (const word of words) assert.match(ran.stdout + ran.stderr, word)
    // Results are on stdout, what is wrong on stderr.
    if (code === 3) assert.equal(ran.stdout, '')
    if (code === 0) assert.equal(ran.stderr, '')
  })
}

const commands = ['up', 'down', 'serve', 'plan', 'status', 'exec', 'env', 'doctor']
const hsm = ['list', 'show', 'init', 'register', 'zeroize']
for (const command of [...commands.map(name => [name]), ...hsm.map(name => ['hsm', name])]) {
  test(`${command.join(' ')} --help shows an example`, async () => {
    const ran = await instance.run([...command, '--help'])
    assert.equal(ran.code, 0)
    assert.match(ran.stdout, new RegExp(`Example:\\n.*hsmnet ${command.join(' ')}`))
    if (command[0] !== 'exec') assert.match(ran.stdout, /--json/)
  })
}

test('down --purge leaves a directory alone that is not ours', async () => {
  mkdirSync(instance.state, { recursive: true })
  const thesis = path.join(instance.state, 'thesis.txt')
  writeFileSync(thesis, 'the work of years')
  const ran = await instance.run(['down', '--purge'])
  assert.equal(ran.code, 3)
  assert.match(ran.stderr, /NotAStateDirectory/)
  assert.equal(readFileSync(thesis, 'utf8'), 'the work of years')
  rmSync(thesis)
})

test('a state directory whose path is too long for a unix socket is refused', async () => {
  const state = path.join(instance.scratch, 'x'.repeat(100))
  const ran = await runProgram(path.join(ROOT, 'hsmnet'), ['serve', '--detach'], {
    ...process.env,
    HSMNET_STATE: state,
  })
  assert.equal(ran.code, 3)
  assert.match(ran.stderr, /StateDirectoryPathTooLong/)
})

test('a second server of one state directory ends at once and says why; the first goes on', async () => {
  await instance.must(['serve', '--detach'])
  try {
    const second = await instance.run(['serve'])
    assert.equal(second.code, 3)
    assert.match(second.stderr, /runs already/)
    await instance.must(['status'])
  } finally {
    await instance.must(['down', '--purge'])
  }
  assert.deepEqual(readdirSync(instance.scratch).includes('state'), false)
})

test('down, then down --purge: devices that hold nothing are let go', async () => {
  const pair = path.join(ROOT, 'examples', 'hsm-pair', 'azuredeploy.json')
  await instance.must(['up', pair])
  const owner = ownerOf(instance.state)
  await instance.must(['down'])
  assert.deepEqual(leftovers(instance.state, owner), [])
  await instance.must(['down', '--purge'])
  assert.deepEqual(leftovers(instance.state, owner), [])
  assert.deepEqual(readdirSync(instance.scratch).includes('state'), false)
})
