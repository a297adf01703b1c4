/** What the machine holds of an instance: its processes, namespaces and mounts, as the kernel tells them. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import path from 'node:path'
import { isAlive, processStat } from '../../src/base/process/proc.ts'

export interface OurProcess {
  readonly pid: number
  readonly start: string
  readonly command: readonly string[]
  readonly resource: string
}

/** Every process whose command line or environment names the state directory or its owner mark. */
export function processesOf(state: string, owner: string): OurProcess[] {
  const found: OurProcess[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue
    const command = read(`/proc/${name}/cmdline`).split('\0').filter(Boolean)
    const environment = read(`/proc/${name}/environ`).split('\0')
    const marked = environment.includes(`HSMNET_OWNER=${owner}`)
    // The server of a state directory is known by its arguments; its clients have the directory in their environment.
    const ours = marked || command.some(word => word === state || word.startsWith(`${state}/`))
    const stat = processStat(Number(name))
    if (!ours || !stat || !isAlive(stat.pid)) continue
    const resource = environment.find(entry => entry.startsWith('HSMNET_RESOURCE='))?.slice(16) ?? ''
    found.push({ pid: stat.pid, start: stat.start, command, resource })
  }
  return found
}

/** The process of a role of ours: `@server`, `@agent`. */
export function processOfRole(state: string, owner: string, role: string): OurProcess | undefined {
  return processesOf(state, owner).find(({ command }) => command.includes(role))
}

/** What a restart must not change: each marked process with the namespaces that it is in, sorted. */
export function standing(state: string, owner: string): string[] {
  return processesOf(state, owner)
    .filter(({ resource }) => resource !== '')
    .map(({ pid, start, resource }) => `${resource} ${pid} ${start} ${namespace(pid, 'net')} ${namespace(pid, 'mnt')}`)
    .sort()
}

/** Names of network namespaces of an owner, and mounts below its state directory. */
export function leftovers(state: string, owner: string): string[] {
  const namespaces = list('/run/netns').filter(name => name.includes(owner))
  const mounts = read('/proc/self/mounts')
    .split('\n')
    .filter(line => line.includes(state) || line.includes(owner))
  const processes = processesOf(state, owner).map(
    ({ pid, command }) => `process ${pid} ${command.slice(0, 4).join(' ')}`,
  )
  return [...namespaces.map(name => `namespace ${name}`), ...mounts.map(line => `mount ${line}`), ...processes]
}

export function ownerOf(state: string): string {
  return readFileSync(path.join(state, 'owner'), 'utf8').trim()
}

/** Waits for a condition, not for the clock; false when `within` milliseconds were not enough. */
export async function until(condition: () => boolean | Promise<boolean>, within = 20_000): Promise<boolean> {
  for (const end = Date.now() + within; Date.now() < end; ) {
    if (await condition()) return true
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  return false
}

function namespace(pid: number, kind: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/${kind}`)
  } catch {
    return 'gone'
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
