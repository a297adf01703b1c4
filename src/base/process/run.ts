/** Runs one foreign program to its end. Arguments are an array, never a shell string; input goes by stdin. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { constants } from 'node:os'

export interface RunResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly input?: string
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** Ends the program with SIGKILL after this many milliseconds; its code then reads 137. Default 60,000. */
  readonly timeout?: number
}

let spawned = 0

/** How many programs this process has started so far: a figure of `bench up`. */
export function programsStarted(): number {
  return spawned
}

/** Starts a program and counts it; for what `run` does not fit: it goes on, or talks by more than the standard pipes. */
export function start(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  spawned++
  return spawn(program, args, options)
}

/** Never throws for the program's own failure: a missing program reads as code 127, a signal as 128 + its number. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise(resolve => {
    spawned++
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.env ? { env: options.env } : {}),
      ...(options.cwd ? { cwd: options.cwd } : {}),
    })
    // Not spawn's own timeout: its timer goes on where the program could not be started at all.
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeout ?? 60_000)
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', chunk => out.push(chunk))
    child.stderr.on('data', chunk => err.push(chunk))
    child.on('error', error => {
      clearTimeout(timer)
      resolve({ code: 127, stdout: '', stderr: error.message })
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({
        code: code ?? 128 + constants.signals[signal ?? 'SIGKILL'],
        stdout: Buffer.concat(out).toString('utf8'),
        stderr: Buffer.concat(err).toString('utf8'),
      })
    })
    // A program that ends before it has read its input closes the pipe; its exit code tells more than EPIPE.
    child.stdin.on('error', () => {})
    child.stdin.end(options.input ?? '')
  })
}
