/** What a glance at the files can tell: habits that the house keeps everywhere (CONTRIBUTING). */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'

const root = path.join(import.meta.dirname, '..', '..', '..')
const sources = globSync('src/**/*.ts', { cwd: root }).sort()
const text = (file: string) => readFileSync(path.join(root, file), 'utf8')
/** Comments may speak of anything. */
const code = (file: string) => text(file).replaceAll(/\/\*[\s\S]*?\*\/|\/\/ .*/g, '')

const banned: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a shell string', /shell: true|execSync\(|\bexec\(\s*[`'](?!PRAGMA|BEGIN|COMMIT)/],
  ['spawning a program named node', /spawn\('node'/],
  ['a type check switched off', /@ts-(ignore|expect-error|nocheck)|as any\b|: any\b/],
  ['work left open', /\b(TODO|FIXME|XXX|HACK)\b/],
  ['writing to the console', /console\.(log|error)/],
]
for (const [what, pattern] of banned) {
  test(`no source file holds ${what}`, () => {
    assert.deepEqual(
      sources.filter(file => pattern.test(code(file))),
      [],
    )
  })
}

test('no source file is longer than 400 lines', () => {
  assert.deepEqual(
    sources.filter(file => text(file).split('\n').length > 400),
    [],
  )
})

test('no barrels', () => {
  assert.deepEqual(
    sources.filter(file => path.basename(file) === 'index.ts' || /^export (\*|\{[^}]*\}) from/m.test(text(file))),
    [],
  )
})

test('every code of a finding is declared in one file', () => {
  const declared = sources
    .filter(file => !file.endsWith('findings/finding.ts'))
    .flatMap(file =>
      [...text(file).matchAll(/declareFinding[^(]*\(\{\s*code: '([^']+)'/g)].map(match => ({
        code: match[1] ?? '',
        file,
      })),
    )
  assert.ok(declared.length > 40)
  const byCode = Map.groupBy(declared, ({ code }) => code)
  const twice = [...byCode]
    .map(([code, places]) => ({ code, files: [...new Set(places.map(({ file }) => file))] }))
    .filter(({ files }) => files.length > 1)
  assert.deepEqual(twice, [])
})
