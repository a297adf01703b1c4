/** The plan that a reader opens first: `hsmnet plan --json` of the example, committed. UPDATE_GOLDEN=1 writes it anew. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { ROOT, runProgram } from '../../support/hsmnet.ts'

const golden = path.join(ROOT, 'test', 'golden', 'hsm-pair.plan.json')
const templates = ['azuredeploy.json', 'hsmnet.json'].map(name => path.join(ROOT, 'examples', 'hsm-pair', name))

test('the plan of hsm-pair is the committed one', async () => {
  const state = { ...process.env, HSMNET_STATE: '/nonexistent/hsmnet' }
  const ran = await runProgram(path.join(ROOT, 'hsmnet'), ['plan', '--json', ...templates], state)
  assert.equal(ran.code, 0, ran.stderr)
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(golden, ran.stdout)
  assert.equal(ran.stdout, readFileSync(golden, 'utf8'))
})
