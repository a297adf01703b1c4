/** Runs suites by folder name and ends with the line `N passed, N failed[, N skipped]`. */
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
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
  // Only unit tests share the machine: the others make namespaces and kill things. Each file has a process of its own,
  // because a file's hooks would otherwise run for the tests of all.
  const stream = run({ files, concurrency: suite === 'unit' ? availableParallelism() : 1, timeout: 15 * 60 * 1000 })
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
