/** How commands print: results on stdout, progress and errors on stderr, colour only on terminals. */
import { styleText } from 'node:util'
import { Failure } from './failure.ts'

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
}

/** Rows as an aligned table; the last column is not padded. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, at) => Math.max(title.length, ...rows.map(row => (row[at] ?? '').length)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => {
        const width = widths[at] ?? 0
        if (columns[at]?.align === 'right') return cell.padStart(width)
        return at === cells.length - 1 ? cell : cell.padEnd(width)
      })
      .join('  ')
      .trimEnd()
  return [bold(line(columns.map(({ title }) => title))), ...rows.map(line)].join('\n')
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2))
}

/** What, why, and how to mend it. */
export function printFailure(error: unknown): void {
  if (!(error instanceof Failure)) {
    process.stderr.write(
      `${red('error')}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    )
    return
  }
  const { code, message, remedy, details } = error.text
  process.stderr.write(`${red('error')}: ${code}\n  ${message}\n`)
  for (const detail of details ?? []) process.stderr.write(`  - ${detail.code}: ${detail.message}\n`)
  if (remedy !== undefined) process.stderr.write(`  To mend it: ${remedy}\n`)
}

/** One line that is written over while work goes on; nothing where stderr is not a terminal. */
export class Progress {
  readonly #started = performance.now()
  readonly #shown = process.stderr.isTTY === true

  show(text: string): void {
    if (!this.#shown) return
    const seconds = ((performance.now() - this.#started) / 1000).toFixed(1)
    const width = (process.stderr.columns ?? 80) - 1
    process.stderr.write(`\r\u001b[2K${`${seconds.padStart(5)} s  ${text}`.slice(0, width)}`)
  }

  end(): void {
    if (this.#shown) process.stderr.write('\r\u001b[2K')
  }
}

export function bold(text: string): string {
  return process.stdout.isTTY ? styleText('bold', text) : text
}

function red(text: string): string {
  return process.stderr.isTTY ? styleText('red', text) : text
}
