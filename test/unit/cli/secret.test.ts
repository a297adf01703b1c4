/** Where secrets may come from. */
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { Failure } from '../../../src/cli/failure.ts'
import { readSecret } from '../../../src/cli/secret.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'hsmnet-secret-'))
after(() => rmSync(folder, { recursive: true }))

const fileOf = (text: string, mode: number) => {
  const file = path.join(folder, `${mode.toString(8)}-${text.length}`)
  writeFileSync(file, text)
  chmodSync(file, mode)
  return file
}

test('a 0600 file: its text, without the last line break', async () => {
  assert.equal(await readSecret('PIN', '--pin', fileOf(' a b \n', 0o600)), ' a b ')
})

const refused: readonly (readonly [name: string, source: string | undefined, code: string])[] = [
  ['a file that the group may read', fileOf('secret\n', 0o640), 'SecretFileReadable'],
  ['a file that all may read', fileOf('secret\n', 0o604), 'SecretFileReadable'],
  ['an empty file', fileOf('\n', 0o600), 'SecretEmpty'],
  ['no file', path.join(folder, 'none'), 'FileNotReadable'],
  ['nothing, and nobody at a terminal', undefined, 'SecretMissing'],
]
for (const [name, source, code] of refused) {
  test(`refused: ${name}`, async () => {
    await assert.rejects(readSecret('PIN', '--pin', source), (error: unknown) => {
      assert.ok(error instanceof Failure)
      assert.equal(error.text.code, code)
      assert.equal(error.exitCode, 2)
      assert.ok(!JSON.stringify(error.text).includes('secret\\n'))
      return true
    })
  })
}
