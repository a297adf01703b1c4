import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test, { after } from 'node:test'
import { codePlaces, mainFile } from '../../../../src/base/process/entry.ts'
import { launchDetached } from '../../../../src/base/process/launch.ts'
import { lastWords } from '../../../../src/base/process/log.ts'
import { inParallel } from '../../../../src/base/process/pool.ts'
import { endProcess, isAlive, markedProcesses, processStat } from '../../../../src/base/process/proc.ts'
import { programsStarted, run } from '../../../../src/base/process/run.ts'

const directory = mkdtempSync(path.join(tmpdir(), 'hsmnet-unit-'))
after(() => rmSync(directory, { recursive: true }))
const log = path.join(directory, 'log')

/** A shell that says its pid once it stands, and then does as told. */
const detached = (script: string, milliseconds = 10_000) =>
  launchDetached({ program: 'sh', args: ['-c', script], env: process.env, log, milliseconds })

test('work goes on a few at a time; answers keep the order', async () => {
  let now = 0
  let most = 0
  const answers = await inParallel(
    [5, 1, 4, 2, 3],
    async item => {
      most = Math.max(most, ++now)
      for (let turn = 0; turn < item; turn++) await null
      now--
      return item * 10
    },
    2,
  )
  assert.deepEqual(answers, [50, 10, 40, 20, 30])
  assert.equal(most, 2)
  assert.deepEqual(await inParallel([], async () => 1), [])
  await assert.rejects(
    inParallel([1], async () => Promise.reject(new Error('no'))),
    /no/,
  )
})

test('our own code is where it says', () => {
  assert.ok(existsSync(mainFile()))
  for (const place of codePlaces()) assert.ok(existsSync(place), place)
  assert.ok(codePlaces().some(place => mainFile().startsWith(`${place}/`)))
})

const logs: readonly [string, string, number, string][] = [
  ['the last line', 'one\ntwo\n', 0, 'two'],
  ['nothing before where it began', 'one\n', 4, 'it ended without a word'],
  ['no more of a long line than fits a message', `${'x'.repeat(9000)}\n`, 0, 'x'.repeat(300)],
]
for (const [what, text, from, expected] of logs) {
  test(`last words: ${what}`, () => {
    writeFileSync(log, text)
    assert.equal(lastWords(log, from), expected)
  })
}
test('last words: no log at all', () =>
  assert.equal(lastWords(path.join(directory, 'none')), 'it ended without a word'))

test('a process that outlives us: ready by its first line, ended by its pid and start time', async () => {
  const pid = Number(await detached('echo $$; exec sleep 600'))
  const start = processStat(pid)?.start ?? ''
  assert.ok(isAlive(pid, start))
  assert.equal(isAlive(pid, `${Number(start) + 1}`), false)
  assert.equal(await endProcess(pid, `${Number(start) + 1}`), true)
  assert.ok(isAlive(pid, start))
  assert.equal(await endProcess(pid, start), true)
  assert.equal(isAlive(pid, start), false)
})

test('one that is deaf to TERM is killed', async () => {
  const pid = Number(await detached(`trap '' TERM; echo $$; exec sleep 600`))
  assert.equal(await endProcess(pid, processStat(pid)?.start ?? '', 20), true)
})

test('one that ends before it is ready fails with its last words', async () => {
  await assert.rejects(detached('echo why not >&2; exit 3'), /sh ended before it was ready: why not; its log is/)
})

test('one that is not ready in time is killed', async () => {
  await assert.rejects(detached('echo $$ >&2; exec sleep 600', 300), /was not ready after 300 ms/)
  const pid = Number(lastWords(log))
  while (isAlive(pid)) await new Promise(setImmediate)
})

test('a program that is not there fails', async () => {
  const options = { program: 'no-such-program', args: [], env: process.env, log, milliseconds: 1000 }
  await assert.rejects(launchDetached(options), /did not start/)
})

test('processes are found by the mark in their environment, and a zombie is dead', async () => {
  const owner = `unit${process.pid}`
  const env = { ...process.env, HSMNET_OWNER: owner, HSMNET_RESOURCE: 'x', HSMNET_DIGEST: 'd' }
  // The shell neither waits for its child nor ends: once the child is ended it is a zombie.
  const child = spawn('sh', ['-c', 'sleep 600 & echo $!; exec sleep 600'], { env, stdio: ['ignore', 'pipe', 'ignore'] })
  const zombie = Number(await new Promise(resolve => child.stdout.once('data', data => resolve(String(data)))))
  const found = markedProcesses(owner)
  assert.deepEqual(new Set(found.map(({ pid }) => pid)), new Set([child.pid, zombie]))
  assert.deepEqual([found[0]?.resource, found[0]?.digest], ['x', 'd'])
  process.kill(zombie, 'SIGKILL')
  while (!/^State:\tZ/m.test(readFileSync(`/proc/${zombie}/status`, 'utf8'))) await new Promise(setImmediate)
  assert.equal(isAlive(zombie), false)
  assert.deepEqual(
    markedProcesses(owner).map(({ pid }) => pid),
    [child.pid],
  )
  const ended = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
})

test('programs are counted, and one that fails says how', async () => {
  const before = programsStarted()
  assert.deepEqual(await run('sh', ['-c', 'cat; echo err >&2; exit 7'], { input: 'in' }), {
    code: 7,
    stdout: 'in',
    stderr: 'err\n',
  })
  assert.equal((await run('no-such-program', [])).code, 127)
  assert.equal((await run('sleep', ['600'], { timeout: 20 })).code, 137)
  assert.equal(programsStarted() - before, 3)
})
