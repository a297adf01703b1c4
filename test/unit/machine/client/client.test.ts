import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { slotListBody } from '../../../../src/base/pkcs11/answers.ts'
import { CKR } from '../../../../src/base/pkcs11/constants.ts'
import { errorBody, parseResponse, responseBody } from '../../../../src/base/pkcs11/message.ts'
import type { Value } from '../../../../src/base/pkcs11/value.ts'
import { selfSigned } from '../../../../src/base/pki/self-signed.ts'
import { Client } from '../../../../src/machine/client/client.ts'
import { consoleRequestSchema } from '../../../../src/machine/client/console/requests.ts'
import { answerControl } from '../../../../src/machine/client/control.ts'
import { asGroupToken, padded, slotInfo } from '../../../../src/machine/client/local-answers.ts'

const root = mkdtempSync(path.join(tmpdir(), 'client-'))
after(() => rmSync(root, { recursive: true }))

const slot = {
  group: '/groups/pair',
  label: 'pair',
  serial: '15512345',
  members: [{ hsm: '/hsms/hsm1', hostname: 'hsm1', address: '127.0.0.1', port: 1 }],
}
let directory = ''
beforeEach(() => {
  directory = mkdtempSync(path.join(root, 'c'))
  configure([slot])
})

function configure(slots: readonly unknown[]): void {
  writeFileSync(path.join(directory, 'config.json'), JSON.stringify({ hostname: 'vm1', slots }))
}

const { certificate, key } = selfSigned({ commonName: '10.2.1.4' })

test('its identity is made once, and its key is nobody else’s to read', () => {
  const first = new Client(directory)
  assert.equal(new Client(directory).identity.certificate, first.identity.certificate)
  assert.equal(statSync(path.join(directory, 'client.key')).mode & 0o777, 0o600)
})

test('trust is kept, shown and taken back; no id of a user becomes a file name', async () => {
  const client = new Client(directory)
  const hsm = '../../hsms/hsm1'
  assert.deepEqual(await answerControl(client, { op: 'trust', hsm, certificate }), { ok: true })
  const [file = '', ...more] = readdirSync(path.join(directory, 'pins'))
  assert.match(file, /^[0-9a-f]{10}\.pem$/)
  assert.deepEqual(more, [])
  await answerControl(client, { op: 'trust', hsm: '/hsms/hsm1', certificate })
  assert.equal(new Client(directory).state().slots[0]?.members[0]?.trusted, true)
  assert.deepEqual(await answerControl(client, { op: 'untrust', hsm: '/hsms/hsm1' }), { ok: true })
  assert.equal(client.state().slots[0]?.members[0]?.trusted, false)
})

test('reload takes a new configuration; one that cannot be read changes nothing', async () => {
  const client = new Client(directory)
  configure([slot, { ...slot, group: '/groups/other', label: 'other' }])
  assert.deepEqual(await answerControl(client, { op: 'reload' }), { ok: true })
  assert.equal(client.state().slots.length, 2)
  writeFileSync(path.join(directory, 'config.json'), '{')
  assert.match(JSON.stringify(await answerControl(client, { op: 'reload' })), /InvalidConfiguration/)
  assert.equal(client.state().slots.length, 2)
})

const secrets = { label: 'p1', soPin: 'sopin-1234', coPin: 'copin-1234' }
const REFUSED: readonly [string, unknown, RegExp][] = [
  ['nothing', null, /InvalidRequest/],
  ['an unknown operation', { op: 'shell' }, /InvalidRequest/],
  ['more than is asked for', { op: 'status', more: 1 }, /InvalidRequest/],
  ['trust in a key', { op: 'trust', hsm: '/h', certificate: certificate + key }, /private key/],
  ['a partition of a stranger', { op: 'initPartition', hsm: '/h', ...secrets }, /no group of this host/],
  ['a partition that is not trusted', { op: 'initPartition', hsm: '/hsms/hsm1', ...secrets }, /is not trusted here/],
]
for (const [name, request, refusal] of REFUSED) {
  test(`${name} is refused, and no secret comes back`, async () => {
    const answer = JSON.stringify(await answerControl(new Client(directory), request))
    assert.match(answer, refusal)
    assert.doesNotMatch(answer, /sopin|copin|BEGIN PRIVATE/)
  })
}

test('a member that is not there is a reason, not a crash', async () => {
  const client = new Client(directory)
  client.trust('/hsms/hsm1', certificate)
  const answer = await answerControl(client, { op: 'initPartition', hsm: '/hsms/hsm1', ...secrets })
  assert.match(JSON.stringify(answer), /PartitionNotInitialized.*ECONNREFUSED/)
})

const valuesOf = (body: Buffer, name: Parameters<typeof parseResponse>[1]): readonly Value[] => {
  const response = parseResponse(body, name)
  assert.ok(response.ok && response.value.values)
  return response.value.values
}

test('slots are listed as far as there is room', () => {
  const rows: [number, readonly bigint[] | null][] = [
    [0, null],
    [1, null],
    [2, [0n, 1n]],
    [9, [0n, 1n]],
  ]
  for (const [room, ulongs] of rows) {
    assert.deepEqual(
      valuesOf(slotListBody([0n, 1n], room), 'C_GetSlotList'),
      [{ kind: 'au', ulongs, count: 2 }],
      `${room}`,
    )
  }
})

test('a slot is there with and without its token', () => {
  const flags = (present: boolean) => valuesOf(slotInfo(slot, present), 'C_GetSlotInfo')[2]
  assert.deepEqual(flags(true), { kind: 'u', ulong: 5n })
  assert.deepEqual(flags(false), { kind: 'u', ulong: 4n })
})

test('a token has the name and serial of its group, whoever holds it; an error stays one', () => {
  const ulongs = Array.from({ length: 11 }, (_, at): Value => ({ kind: 'u', ulong: BigInt(at) }))
  const version: Value = { kind: 'v', major: 2, minor: 6 }
  const own = [padded('part1', 32), padded('SoftHSM', 32), padded('v2', 16), padded('abcdef', 16)]
  const answer = responseBody('C_GetTokenInfo', ...own, ...ulongs, version, version, padded('', 16))
  const shown = valuesOf(asGroupToken(answer, slot), 'C_GetTokenInfo')
  assert.deepEqual([shown[0], shown[1], shown[3]], [padded('pair', 32), padded('SoftHSM', 32), padded('15512345', 16)])
  const refused = errorBody(CKR.SLOT_ID_INVALID)
  assert.deepEqual(asGroupToken(refused, slot), refused)
})

const device = { address: '10.2.1.4', password: 'N3wSecret!' }
const REQUESTS: readonly [string, unknown, boolean][] = [
  ['show', { kind: 'show', ...device }, true],
  ['a command that types another', { kind: 'run', ...device, commands: [{ command: 'hsm show\nhsm zeroize' }] }, false],
  ['a password with Enter in it', { kind: 'show', ...device, password: 'a\nhsm zeroize' }, false],
  [
    'a label that ends its quotes',
    { kind: 'init', ...device, soPassword: 'x', label: 'a" -force', domain: 'd' },
    false,
  ],
  [
    'a client that is an option',
    { kind: 'register', ...device, clientName: '-force', certificate, hostname: 'vm1', partition: 'p' },
    false,
  ],
  ['a client', { kind: 'register', ...device, clientName: 'vm1', certificate, hostname: 'vm1', partition: 'p' }, true],
]
for (const [name, request, taken] of REQUESTS) {
  test(`console request, ${name}: ${taken ? 'taken' : 'refused'}`, () => {
    assert.equal(consoleRequestSchema.safeParse(request).success, taken)
  })
}
