/** A person with Debian's ssh, scp and sftp at a device's admin shell. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { selfSigned } from '../../src/base/pki/self-signed.ts'
import { type RunResult, run } from '../../src/base/process/run.ts'
import { type Appliance, OFFICER, PASSWORD, SSH_PORT, World } from './world.ts'

const world = new World()
let appliance: Appliance
const file = (name: string) => path.join(world.directory, name)

before(async () => {
  appliance = await world.appliance()
  // ssh asks this program, with the prompt as its argument, instead of a terminal.
  writeFileSync(
    file('askpass'),
    '#!/bin/sh\ncase "$1" in *[Nn]ew*) echo "$NEW_PASSWORD" ;; *) echo "$PASSWORD" ;; esac\n',
    { mode: 0o700 },
  )
})
after(() => world.end())

interface Person {
  readonly password?: string
  readonly newPassword?: string
  readonly input?: string
}

async function openssh(program: string, args: readonly string[], person: Person = {}): Promise<RunResult> {
  const options = {
    UserKnownHostsFile: file('known_hosts'),
    StrictHostKeyChecking: 'accept-new',
    LogLevel: 'ERROR',
    NumberOfPasswordPrompts: '1',
    Port: String(SSH_PORT),
  }
  const flags = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  return await run(program, ['-F', 'none', ...flags, ...args], {
    ...(person.input === undefined ? {} : { input: person.input }),
    env: {
      PATH: process.env.PATH,
      SSH_ASKPASS: file('askpass'),
      SSH_ASKPASS_REQUIRE: 'force',
      PASSWORD: person.password ?? PASSWORD,
      NEW_PASSWORD: person.newPassword ?? '',
    },
  })
}

const ssh = (command: string, person?: Person) =>
  openssh('ssh', [`tenantadmin@${appliance.address}`, ...(command === '' ? [] : [command])], person)
const remote = (name: string) => `tenantadmin@${appliance.address}:${name}`

test("Microsoft's tutorial: log in, be made to change the password, hsm show", async () => {
  const { code, stdout } = await ssh('hsm show', { password: 'PASSWORD', newPassword: PASSWORD })
  assert.equal(code, 0)
  for (const line of [
    /HSM Admin login attempts left: +HSM IS ZEROIZED/,
    /Authentication Method: +Password/,
    /HSM Tamper State: +No tamper/,
    /Number of partitions allowed: +10/,
    /Maximum HSM Storage Space \(Bytes\): +33554432/,
    /Command Result : 0 \(Success\)/,
  ]) {
    assert.match(stdout, line)
  }
})

const REFUSED: readonly [string, Person & { readonly command?: string; readonly user?: string }][] = [
  ['the delivered password, once changed', { password: 'PASSWORD' }],
  ['a wrong password', { password: 'Wr0ngOne!' }],
]
for (const [name, person] of REFUSED) {
  test(`${name} does not open the shell`, async () => {
    const { code, stdout } = await ssh('hsm show', person)
    assert.deepEqual({ code, stdout }, { code: 255, stdout: '' })
  })
}

test('another user does not exist', async () => {
  const { code } = await openssh('ssh', [`admin@${appliance.address}`, 'hsm show'])
  assert.equal(code, 255)
})

const COMMANDS: readonly [string, number, RegExp][] = [
  ['hsm show', 0, /Command Result : 0/],
  ['HSM SH', 0, /HSM Details/],
  ['nonsense', 1, /one of .*hsm.* is expected/],
  ['partition create -partition p1', 1, /the HSM is zeroized/],
  ['hsm init -label x -password S0Passw0rd! -domain d -force', 1, /-domain is a secret and must not be an argument/],
  ['hsm factoryReset', 1, /works only on the serial console/],
  ['client register -client c -hostname h', 1, /no certificate c\.pem/],
]
for (const [command, code, output] of COMMANDS) {
  test(`ssh … ${command}: exit ${code}`, async () => {
    const result = await ssh(command)
    assert.equal(result.code, code)
    assert.match(result.stdout, output)
  })
}

test('a script pipes its secrets to the prompts of a shell', async () => {
  const lines = ['hsm init -label pair', OFFICER, OFFICER, 'words', 'words', 'proceed']
  const { code, stdout } = await ssh('', { input: [...lines, 'hsm login', OFFICER, 'exit', ''].join('\n') })
  assert.equal(code, 0)
  assert.match(stdout, /'hsm init' successful/)
  assert.match(stdout, /'hsm login' successful/)
  assert.equal(stdout.includes(OFFICER), false, 'a secret is never echoed')
})

test('with a terminal it echoes, edits, and does not show secrets', async () => {
  const keys = `hsn\x7fm login\r${OFFICER}\rhsm logout\r\x04`
  const { code, stdout } = await openssh('ssh', ['-tt', `tenantadmin@${appliance.address}`], { input: keys })
  assert.equal(code, 0)
  assert.match(stdout, /hsn\x08 \x08m login\r\n/)
  assert.match(stdout, /'hsm login' successful|Command Result : 0/)
  assert.equal(stdout.includes(OFFICER), false)
})

test('scp fetches the certificate and leaves one; nothing else comes or goes', async () => {
  const { certificate, key } = selfSigned({ commonName: 'vm1' })
  writeFileSync(file('vm1.pem'), certificate)
  writeFileSync(file('key.pem'), key)
  const rows: [string, string[], boolean][] = [
    ['server.pem comes', [remote('server.pem'), file('server.pem')], true],
    ['a certificate goes', [file('vm1.pem'), remote('vm1.pem')], true],
    ['a private key does not', [file('key.pem'), remote('vm2.pem')], false],
    ['what is not <client>.pem does not', [file('vm1.pem'), remote('notes.txt')], false],
    ["the device's own certificate is not replaced", [file('vm1.pem'), remote('server.pem')], false],
    ['an upload does not come back', [remote('vm1.pem'), file('back.pem')], false],
    ['device.json does not come', [remote('device.json'), file('stolen')], false],
    ['nothing above the directory comes', [remote('../../etc/passwd'), file('stolen')], false],
    ['nothing outside is written', [file('vm1.pem'), remote('/etc/vm3.pem')], false],
  ]
  for (const [name, args, works] of rows) {
    const { code } = await openssh('scp', ['-q', ...args])
    assert.equal(code === 0, works, name)
  }
  assert.match(readFileSync(file('server.pem'), 'utf8'), /BEGIN CERTIFICATE/)
  const listed = await openssh('sftp', ['-q', `tenantadmin@${appliance.address}`], { input: 'ls -l\nrm vm1.pem\nls\n' })
  assert.match(listed.stdout, /server\.pem[\s\S]*vm1\.pem/)
  assert.equal((await ssh('client register -client vm1 -hostname vm1')).code, 1, 'removed again')
})
