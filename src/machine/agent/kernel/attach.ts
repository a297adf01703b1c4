/** Whether processes are in the namespace that bears their name. */
import { readlinkSync, statSync } from 'node:fs'
import { run } from '../../../base/process/run.ts'
import { namespaceFile } from './observe.ts'

export interface Inhabitant {
  readonly namespace: string
  readonly pid: number
}

/** Those that are in another namespace than the one of that name, or whose name is gone. */
export function strays(inhabitants: readonly Inhabitant[]): Inhabitant[] {
  return inhabitants.filter(({ namespace, pid }) => {
    const own = networkOf(pid)
    return own !== null && own !== inode(namespaceFile(namespace))
  })
}

/**
 * Gives the namespace of each process its name back. The process is the one that counts: its links and whatever runs
 * there go on, and a namespace that somebody else put under the name goes.
 */
export async function attach(inhabitants: readonly Inhabitant[]): Promise<void> {
  const lines = inhabitants.flatMap(({ namespace, pid }) => [
    ...(inode(namespaceFile(namespace)) === null ? [] : [`netns del ${namespace}`]),
    `netns attach ${namespace} ${pid}`,
  ])
  await run('ip', ['-force', '-batch', '-'], { input: lines.map(line => `${line}\n`).join('') })
}

function networkOf(pid: number): string | null {
  try {
    return /\d+/.exec(readlinkSync(`/proc/${pid}/ns/net`))?.[0] ?? null
  } catch {
    return null
  }
}

function inode(file: string): string | null {
  try {
    return String(statSync(file).ino)
  } catch {
    return null
  }
}
