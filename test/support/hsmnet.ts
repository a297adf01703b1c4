/** Runs the product as its users do: the launcher, a state directory, exit codes, stdout. */
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

export const ROOT = path.join(import.meta.dirname, '..', '..')

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  readonly seconds: number
}

/** One instance under test: a state directory of its own. */
export class Instance {
  readonly state: string
  /** For files of a test: what is in a state directory and is not ours keeps `down --purge` from removing it. */
  readonly scratch: string

  constructor(name: string) {
    this.scratch = mkdtempSync(path.join(tmpdir(), `hsmnet-${name}-`))
    this.state = path.join(this.scratch, 'state')
  }

  /** `hsmnet ARGS…`; never throws for the exit code. */
  run(args: readonly string[], input = ''): Promise<Ran> {
    return runProgram(path.join(ROOT, 'hsmnet'), args, { ...process.env, HSMNET_STATE: this.state }, input)
  }

  /** `hsmnet ARGS…` that must succeed. */
  async must(args: readonly string[], input = ''): Promise<string> {
    const ran = await this.run(args, input)
    if (ran.code !== 0) throw new Error(`hsmnet ${args.join(' ')} ended with ${ran.code}: ${ran.stderr}${ran.stdout}`)
    return ran.stdout
  }

  /** `hsmnet ARGS… --json` that must succeed, parsed. */
  async json(args: readonly string[]): Promise<unknown> {
    return JSON.parse(await this.must([...args, '--json']))
  }

  /** A program on a host. */
  exec(host: string, command: readonly string[], input = ''): Promise<Ran> {
    return this.run(['exec', host, '--', ...command], input)
  }

  /** A file that only we may read, for secrets. */
  secret(name: string, text: string): string {
    const file = path.join(this.scratch, `secret-${name}`)
    writeFileSync(file, `${text}\n`, { mode: 0o600 })
    chmodSync(file, 0o600)
    return file
  }

  /** A template file of one or more resources. */
  template(name: string, resources: readonly unknown[]): string {
    const file = path.join(this.scratch, `${name}.json`)
    const schema = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#'
    writeFileSync(file, JSON.stringify({ $schema: schema, contentVersion: '1.0.0.0', resources }))
    return file
  }

  remove(): void {
    rmSync(this.scratch, { recursive: true, force: true })
  }
}

export function runProgram(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  input = '',
): Promise<Ran> {
  const started = performance.now()
  return new Promise(resolve => {
    const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', chunk => {
      stdout += chunk
    })
    child.stderr.on('data', chunk => {
      stderr += chunk
    })
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    child.on('error', error => resolve({ code: 127, stdout, stderr: error.message, seconds: 0 }))
    child.on('close', (code, signal) =>
      resolve({ code: code ?? (signal ? 137 : 1), stdout, stderr, seconds: (performance.now() - started) / 1000 }),
    )
  })
}
