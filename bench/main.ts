/** `npm run bench NAME [-- --json]`: runs one benchmark and prints its figures; a missed goal is printed as a miss. */
import { parseArgs } from 'node:util'
import { table } from '../src/cli/output.ts'
import type { Benchmark, BenchmarkResult, Figure } from './figure.ts'
import { machineWords } from './figure.ts'
import { up } from './up.ts'

const benchmarks: readonly Benchmark[] = [up]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
})
const benchmark = benchmarks.find(({ name }) => name === positionals[0])
if (benchmark) {
  const figures = await benchmark.run(text => process.stderr.write(`${text}\n`))
  const result: BenchmarkResult = { name: benchmark.name, machine: machineWords(), figures }
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${words(result)}\n`)
} else {
  process.stderr.write(
    `usage: npm run bench NAME [-- --json]; NAME is one of ${benchmarks.map(({ name }) => name).join(', ')}\n`,
  )
  process.exitCode = 2
}

function words({ name, machine, figures }: BenchmarkResult): string {
  const number = (value: number | null) => (value === null ? '-' : value.toFixed(value < 10 ? 2 : 0))
  const verdict = ({ goal, met }: Figure) =>
    goal === null ? '' : met === null ? `${goal}: not measured` : `${goal}: ${met ? 'met' : 'MISSED'}`
  const rows = figures.map(figure => [
    figure.name,
    number(figure.value),
    figure.unit,
    number(figure.beside),
    number(figure.ratio),
    verdict(figure),
    figure.note,
  ])
  const columns = [
    { title: 'FIGURE' },
    { title: 'OURS', align: 'right' as const },
    { title: 'UNIT' },
    { title: 'BESIDE', align: 'right' as const },
    { title: 'RATIO', align: 'right' as const },
    { title: 'GOAL' },
    { title: 'NOTE' },
  ]
  return `bench ${name} on ${machine}\n${table(columns, rows)}`
}
