import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, beforeEach, test } from 'node:test'
import fc from 'fast-check'
import {
  isWholeObject,
  isWholeToken,
  parseObjectFile,
  samePins,
} from '../../../../src/machine/appliance/token/object-file.ts'
import { prepareToken, type TokenPaths, tokenPaths } from '../../../../src/machine/appliance/token/paths.ts'
import { repairToken, takeSnapshot } from '../../../../src/machine/appliance/token/repair.ts'

const u64 = (value: number | bigint) => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}
/** An attribute of SoftHSM's files: type, kind 3 (bytes), value. */
const blob = (type: number, data: string) => Buffer.concat([u64(type), u64(3), u64(data.length), Buffer.from(data)])
const flags = Buffer.concat([u64(0x8000534b), u64(2), u64(0x42d)])
const tokenObject = (generation: number, soPin: string, userPin: string | null) =>
  Buffer.concat([
    u64(generation),
    blob(0x80005349, 'label'),
    blob(0x8000534a, 'serial'),
    flags,
    blob(0x8000534c, soPin),
    ...(userPin === null ? [] : [blob(0x8000534d, userPin)]),
  ])
const keyObject = Buffer.concat([u64(1), u64(0), u64(2), u64(3), blob(3, 'a key'), u64(1), u64(1), Buffer.of(1)])

test('an object file is read to its end', () => {
  const attributes = parseObjectFile(keyObject)
  assert.ok(attributes.ok)
  assert.deepEqual([...attributes.value.keys()], [0n, 3n, 1n])
  assert.equal(isWholeObject(keyObject), true)
  assert.equal(isWholeObject(u64(1)), false, 'one that does not say what it is')
})

test('an object file cut inside an attribute is never taken for a whole one', () => {
  const ends = new Set([8, 32, 61, 78].filter(end => parseObjectFile(keyObject.subarray(0, end)).ok))
  for (let end = 0; end < keyObject.length; end++) {
    assert.equal(parseObjectFile(keyObject.subarray(0, end)).ok, ends.has(end), `cut at ${end}`)
  }
})

test('any bytes give a result and never an exception', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), bytes => void parseObjectFile(Buffer.from(bytes))))
})

test('a token cut anywhere is not whole, once it is known to have had a user PIN', () => {
  const whole = tokenObject(1, 'so', 'user')
  for (let end = 0; end < whole.length; end++)
    assert.equal(isWholeToken(whole.subarray(0, end), whole), false, `${end}`)
  assert.equal(isWholeToken(whole, whole), true)
  assert.equal(isWholeToken(tokenObject(1, 'so', null), null), true)
  assert.equal(samePins(whole, tokenObject(2, 'so', 'user')), true, 'a login changes the generation')
  assert.equal(samePins(whole, tokenObject(1, 'so', 'other')), false)
})

const root = mkdtempSync(path.join(tmpdir(), 'token-'))
after(() => rmSync(root, { recursive: true }))
let paths: TokenPaths
const inToken = (name: string) => path.join(paths.store, 'uuid', name)
beforeEach(() => {
  paths = tokenPaths(mkdtempSync(path.join(root, 't')))
  prepareToken(paths)
  mkdirSync(path.join(paths.store, 'uuid'))
  writeFileSync(inToken('token.object'), tokenObject(1, 'so', 'user'))
  writeFileSync(inToken('key.object'), keyObject)
})

test('a whole token is left as it is, and remembered', async () => {
  assert.deepEqual(await repairToken(paths), { restored: 0, removed: 0, torn: 0 })
  writeFileSync(inToken('token.object'), '')
  assert.deepEqual(await repairToken(paths), { restored: 1, removed: 0, torn: 0 })
  assert.deepEqual(readFileSync(inToken('token.object')), tokenObject(1, 'so', 'user'))
})

test('the snapshot follows a change of PIN', async () => {
  await repairToken(paths)
  writeFileSync(inToken('token.object'), tokenObject(9, 'so', 'new'))
  await takeSnapshot(paths)
  writeFileSync(inToken('token.object'), tokenObject(9, 'so', 'new').subarray(0, 40))
  await repairToken(paths)
  assert.deepEqual(readFileSync(inToken('token.object')), tokenObject(9, 'so', 'new'))
})

test('torn objects are taken out with their locks, whole ones stay', async () => {
  writeFileSync(inToken('empty.object'), '')
  writeFileSync(inToken('empty.lock'), '')
  writeFileSync(inToken('torn.object'), keyObject.subarray(0, 40))
  assert.deepEqual(await repairToken(paths), { restored: 0, removed: 0, torn: 2 })
  assert.deepEqual(readdirSync(path.join(paths.store, 'uuid')).sort(), ['key.object', 'token.object'])
  assert.deepEqual(readdirSync(paths.quarantine), ['torn.object'])
})

test('a token whose making was never finished goes', async () => {
  writeFileSync(inToken('token.object'), '')
  assert.deepEqual(await repairToken(paths), { restored: 0, removed: 1, torn: 0 })
  assert.deepEqual(readdirSync(paths.store), [])
})
