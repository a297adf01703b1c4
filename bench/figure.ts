/** A benchmark's figures: each beside the alternative measured in the same run, its goal in the code. */
import { readFileSync } from 'node:fs'
import { arch, cpus, release, totalmem } from 'node:os'

export interface Figure {
  readonly name: string
  readonly value: number | null
  readonly unit: string
  /** The alternative's value in the same run, or null where there is none. */
  readonly beside: number | null
  readonly ratio: number | null
  readonly goal: string | null
  /** Null where it cannot be measured here; `note` then says why. */
  readonly met: boolean | null
  readonly note: string
}

export interface Benchmark {
  readonly name: string
  /** `say` tells what is being done, on stderr. */
  readonly run: (say: (text: string) => void) => Promise<readonly Figure[]>
}

export interface BenchmarkResult {
  readonly name: string
  readonly machine: string
  readonly figures: readonly Figure[]
}

export function machineWords(): string {
  const processors = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${processors.length} x ${processors[0]?.model.trim() ?? 'unknown'}, ${memory} GiB, Linux ${release()} ${arch()}, Node ${process.versions.node}`
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const [low, high] = [sorted[Math.ceil(middle) - 1] ?? Number.NaN, sorted[Math.floor(middle)] ?? Number.NaN]
  return (low + high) / 2
}

/** Processes and threads that the kernel has started since boot: the same count for ours and for anybody's. */
export function startedByKernel(): number {
  return Number(/^processes (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1])
}

/** `min-max` of some values, for notes. */
export function spread(values: readonly number[]): string {
  return `${Math.min(...values).toFixed(2)}-${Math.max(...values).toFixed(2)}`
}
