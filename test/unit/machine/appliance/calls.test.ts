import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allCalls, type CallName, callByName } from '../../../../src/base/pkcs11/calls.ts'
import { CKR, CKU } from '../../../../src/base/pkcs11/constants.ts'
import type { Request } from '../../../../src/base/pkcs11/message.ts'
import type { Value } from '../../../../src/base/pkcs11/value.ts'
import { pinTriedBy, trialOf } from '../../../../src/machine/appliance/ntls/pin.ts'
import { takesSlot, treatmentOf } from '../../../../src/machine/appliance/ntls/policy.ts'
import type { Role } from '../../../../src/machine/appliance/token/token.ts'

const call = (name: CallName, ...values: Value[]): Request => ({ call: callByName(name), values })
const session: Value = { kind: 'u', ulong: 1n }
const user = (type: bigint): Value => ({ kind: 'u', ulong: type })
const template = (type: number, value: number): Value => ({
  kind: 'aA',
  attributes: [{ type, content: { length: 1, data: { class: 'byte', value } } }],
})
const inToken = template(0x1, 1)
const inSession = template(0x1, 0)
const silent = template(0x2, 1)
const mechanism: Value = { kind: 'M', mechanism: { type: 0x1040, parameter: null } }

const TREATED: readonly [string, Request, string, string][] = [
  ['signing', call('C_Sign', session), 'shared', 'nothing'],
  ['opening a session', call('C_OpenSession', session), 'shared', 'nothing'],
  ['looking', call('C_GetAttributeValue', session), 'shared', 'nothing'],
  ['starting', call('C_Initialize'), 'exclusive', 'nothing'],
  ['a login', call('C_Login', session), 'exclusive', 'nothing'],
  ['a new PIN', call('C_SetPIN', session), 'exclusive', 'token'],
  ['a first PIN', call('C_InitPIN', session), 'exclusive', 'token'],
  ['a new token', call('C_InitToken', session), 'exclusive', 'token'],
  [
    'a key pair in the token',
    call('C_GenerateKeyPair', session, mechanism, inSession, inToken),
    'writer',
    'new objects',
  ],
  ['a key pair of the session', call('C_GenerateKeyPair', session, mechanism, inSession, silent), 'shared', 'nothing'],
  ['a key agreement', call('C_DeriveKey', session, mechanism, session, silent), 'shared', 'nothing'],
  ['a copy that does not say where', call('C_CopyObject', session, session, silent), 'writer', 'new objects'],
  ['a changed attribute', call('C_SetAttributeValue', session, session, silent), 'writer', 'any object'],
  ['a destroyed object', call('C_DestroyObject', session, session), 'writer', 'new objects'],
]
for (const [name, request, lock, writes] of TREATED) {
  test(`${name}: ${lock} lock, ${writes} to make durable`, () => {
    assert.deepEqual(treatmentOf(request), { lock, writes })
  })
}

test('a call takes a slot where PKCS #11 says so, and all of those begin with a ulong', () => {
  const found = allCalls().filter(({ name }) => takesSlot(name))
  assert.deepEqual(
    found.map(({ id }) => id),
    [5, 6, 7, 8, 9, 10, 12],
  )
  for (const { request } of found) assert.match(request, /^u/)
})

const TRIED: readonly [string, Request, Role | null, Role | null][] = [
  ['login of the officer', call('C_Login', session, user(CKU.SO)), null, 'so'],
  ['login of the user', call('C_Login', session, user(CKU.USER)), null, 'co'],
  ['again for one key, as user', call('C_Login', session, user(CKU.CONTEXT_SPECIFIC)), 'co', 'co'],
  ['again for one key, as officer', call('C_Login', session, user(CKU.CONTEXT_SPECIFIC)), 'so', 'so'],
  ['login of nobody known', call('C_Login', session, user(77n)), null, null],
  ['a changed PIN, not logged in', call('C_SetPIN', session), null, 'co'],
  ['a changed PIN of the officer', call('C_SetPIN', session), 'so', 'so'],
  ['a new token over the old', call('C_InitToken', session), null, 'so'],
  ['a first PIN, set by the officer', call('C_InitPIN', session), 'so', null],
  ['signing', call('C_Sign', session), 'co', null],
]
for (const [name, request, loggedIn, tried] of TRIED) {
  test(`${name}: tries ${tried ?? 'no PIN'}`, () => {
    assert.equal(pinTriedBy(request, loggedIn), tried)
  })
}

test('what counts as a wrong PIN', () => {
  const rows: [bigint, string][] = [
    [CKR.OK, 'right'],
    [CKR.PIN_INCORRECT, 'wrong'],
    [CKR.GENERAL_ERROR, 'wrong'],
    [0x80000001n, 'wrong'],
    [CKR.USER_ALREADY_LOGGED_IN, 'not tried'],
    [CKR.SESSION_HANDLE_INVALID, 'not tried'],
    [CKR.PIN_LEN_RANGE, 'not tried'],
  ]
  for (const [rv, trial] of rows) assert.equal(trialOf(rv), trial, rv.toString(16))
})
