/** Runs suites by folder name and ends with the line `N passed, N failed[, N skipped]`. */
import { globSync } from 'node:fs'
import path from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'

const suites = process.argv.slice(2)
let passed = 0
let failed = 0
let skipped = 0

for (const suite of suites) {
  const files = globSync(`${suite}/**/*.test.ts`, { cwd: import.meta.dirname })
    .map(file => path.join(import.meta.dirname, file))
    .sort()
  if (files.length === 0) {
    failed++
    console.log(`suite ${suite}: no tests found`)
    continue
  }
  const started = performance.now()
  // Unit tests share one process, which is three times as fast; the others make namespaces and kill things.
  const stream = run({
    files,
    isolation: suite === 'unit' ? 'none' : 'process',
    concurrency: false,
    timeout: 15 * 60 * 1000,
  })
  stream.on('test:pass', ({ name, details, skip, file }) => {
    if (details.type === 'suite' || name === file) return
    if (skip !== undefined && skip !== false) skipped++
    else passed++
  })
  stream.on('test:fail', ({ name, details, file }) => {
    if (details.type !== 'suite' || name === file) failed++
  })
  const shown = stream.compose(new spec())
  for await (const chunk of shown) process.stdout.write(chunk)
  console.log(`suite ${suite}: ${((performance.now() - started) / 1000).toFixed(1)} s`)
}

console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = failed === 0 ? 0 : 1
