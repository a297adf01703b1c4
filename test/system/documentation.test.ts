/** The README is true: its commands are run as they stand, one shell, each must succeed. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { Instance, ROOT, runProgram } from '../support/hsmnet.ts'
import { leftovers } from '../support/machine.ts'

const instance = new Instance('readme')
const home = mkdtempSync(path.join(tmpdir(), 'hsmnet-home-'))
after(async () => {
  await instance.run(['down', '--purge', '--destroy', 'hsm1', 'hsm2'])
  instance.remove()
  rmSync(home, { recursive: true, force: true })
})

test('every command of the README works, in its order', async () => {
  const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8')
  const blocks = [...readme.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(match => match[1])
  assert.ok(blocks.length >= 4)
  const script = `set -eux\ncd '${ROOT}'\n${blocks.join('\n')}`
  const env = { ...process.env, HSMNET_STATE: instance.state, HOME: home }
  const ran = await runProgram('bash', ['-c', script], env)
  assert.equal(ran.code, 0, `${ran.stdout}\n${ran.stderr}`)
  assert.match(ran.stdout, /Everything stands/)
  assert.match(ran.stdout, /token label +: signing-1/)
  assert.deepEqual(leftovers(instance.state, path.basename(instance.state)), [])
})
