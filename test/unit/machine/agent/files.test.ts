import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test, { afterEach, beforeEach } from 'node:test'
import { hashName, type StatePaths, statePaths } from '../../../../src/base/process/state.ts'
import { removeLeftDirectories } from '../../../../src/machine/agent/left-directories.ts'
import { NO_PLAN, readPlan, writePlan } from '../../../../src/machine/agent/plan-file.ts'
import { prepareDirectory } from '../../../../src/machine/agent/processes/directories.ts'
import { Identities } from '../../../../src/machine/agent/processes/identity.ts'
import { wantedProcesses } from '../../../../src/machine/agent/processes/wanted.ts'
import { createEmptyDevice } from '../../../../src/machine/appliance/device-record.ts'
import { hsmPairPart, hsmPairPlan } from './hsm-pair.ts'

let paths: StatePaths
beforeEach(() => {
  paths = statePaths(mkdtempSync(path.join(tmpdir(), 'hsmnet-unit-')))
  mkdirSync(paths.agent)
})
afterEach(() => rmSync(paths.root, { recursive: true }))

const rootOnly = { skip: process.getuid?.() !== 0 && 'only root gives files to others' }

test('a plan that was kept is read again; what is no plan, or one that is refused, is none', () => {
  assert.deepEqual(readPlan(paths), NO_PLAN)
  const kept = { revision: 3, plan: hsmPairPlan() }
  writePlan(paths, kept)
  assert.deepEqual(readPlan(paths), kept)
  writePlan(paths, { revision: 3, plan: { parts: { x: hsmPairPart() } } })
  assert.deepEqual(readPlan(paths), NO_PLAN)
  writeFileSync(path.join(paths.agent, 'plan.json'), '{"revision":')
  assert.deepEqual(readPlan(paths), NO_PLAN)
})

test('each host and daemon has a uid of its own, and keeps it', rootOnly, () => {
  const wanted = wantedProcesses(hsmPairPlan('a', 'b'), 'x', paths)
  const prepare = (identities: Identities) => wanted.map(process => prepareDirectory(process, paths, identities))
  const uids = prepare(new Identities('root'))
  assert.equal(new Set(uids).size, wanted.length)
  assert.deepEqual(prepare(new Identities('root')), uids)
  for (const [at, { directory }] of wanted.entries()) {
    assert.equal(statSync(directory).uid, uids[at])
    assert.equal(statSync(directory).mode & 0o777, 0o700)
  }
})

test('rootless everything is of the one user', () => {
  const [wanted] = wantedProcesses(hsmPairPlan(), 'x', paths)
  if (!wanted) throw new Error('hsm-pair has processes')
  assert.equal(prepareDirectory(wanted, paths, new Identities('rootless')), process.getuid?.())
})

test('what leaves the plan: hosts take their files with them, devices only once they are zeroized', () => {
  const wanted = wantedProcesses(hsmPairPlan(), 'x', paths)
  for (const process of wanted) prepareDirectory(process, paths, new Identities('rootless'))
  const [first, second] = wanted.filter(({ kind }) => kind === 'appliance')
  const host = wanted.find(({ kind }) => kind === 'host')
  if (!first || !second || !host) throw new Error('hsm-pair has two devices and a host')
  const hash = { n: 1, r: 1, p: 1, salt: '', hash: '' }
  const hsm = { label: 'hsm1', officer: hash, domain: '', attempts: 0 }
  writeFileSync(path.join(first.directory, 'device.json'), JSON.stringify({ ...createEmptyDevice(), hsm }))

  removeLeftDirectories(paths, wanted)
  assert.ok([first, second, host].every(({ directory }) => existsSync(directory)))
  removeLeftDirectories(paths, [])
  assert.deepEqual(
    [first, second, host].map(({ directory }) => existsSync(directory)),
    [true, false, false],
  )
  assert.equal(existsSync(path.join(paths.clients, hashName(host.id))), false)
})
