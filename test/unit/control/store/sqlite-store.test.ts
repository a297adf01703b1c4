/** The store: whole batches, one transaction a turn, one server at a time, nothing acknowledged lost to SIGKILL. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { SqliteStore } from '../../../../src/control/store/sqlite-store.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'hsmnet-store-'))
after(() => rmSync(folder, { recursive: true }))

test('batches of one turn share a revision; the next turn has another', async () => {
  const store = new SqliteStore(path.join(folder, 'a.db'))
  const before = store.revision
  const first = store.nextRevision
  const batches = [
    store.commit([{ kind: 'document', key: 'a', value: { n: 1 } }]),
    store.commit([{ kind: 'document', key: 'b', value: { n: 2 } }]),
  ]
  assert.equal(store.nextRevision, first)
  await Promise.all(batches)
  assert.equal(store.revision, before + 1)
  await store.commit([{ kind: 'document', key: 'a', value: null }])
  store.close()
  const again = new SqliteStore(path.join(folder, 'a.db'))
  assert.deepEqual(again.load(), { revision: before + 2, records: [{ kind: 'document', key: 'b', value: { n: 2 } }] })
  again.close()
})

test('its file is ours alone, and a second server cannot open it', () => {
  const file = path.join(folder, 'b.db')
  const store = new SqliteStore(file)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.throws(() => new SqliteStore(file), /locked/)
  store.close()
  new SqliteStore(file).close()
})

const WRITER = `
  const { SqliteStore } = await import(process.argv[1])
  const store = new SqliteStore(process.argv[2])
  for (let n = 0; ; n++) {
    await store.commit([{ kind: 'document', key: String(n), value: n }, { kind: 'operation', key: String(n), value: n }])
    process.stdout.write(n + '\\n')
  }`

for (let round = 0; round < (process.env.HSMNET_SOAK ? 200 : 3); round++) {
  test(`killed while it writes, round ${round}: all that was acknowledged is there, and no half batch`, async () => {
    const file = path.join(folder, `kill${round}.db`)
    const module = path.join(import.meta.dirname, '../../../../src/control/store/sqlite-store.ts')
    const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER, module, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    child.stdout.on('data', chunk => {
      said += chunk
      if (said.length > 200 + round * 37) child.kill('SIGKILL')
    })
    await once(child, 'close')
    const acknowledged = said.slice(0, said.lastIndexOf('\n')).split('\n').map(Number)
    const store = new SqliteStore(file)
    const { records } = store.load()
    const keys = (kind: string) => new Set(records.filter(record => record.kind === kind).map(({ key }) => Number(key)))
    const documents = keys('document')
    assert.ok(acknowledged.length > 10)
    assert.deepEqual(
      acknowledged.filter(n => !documents.has(n)),
      [],
    )
    assert.deepEqual(documents, keys('operation'))
    store.close()
  })
}
