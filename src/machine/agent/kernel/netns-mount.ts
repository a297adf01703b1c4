/**
 * /run/netns itself: the first `ip netns add` on a machine mounts it. Whoever caused that takes it away again, so that
 * nothing of ours is left; while it holds somebody's namespace the kernel refuses, and it stays.
 */
import { existsSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { writeFileAtomicSync } from '../../../base/process/atomic-file.ts'
import { run } from '../../../base/process/run.ts'
import type { StatePaths } from '../../../base/process/state.ts'
import { NETNS_DIR } from './observe.ts'

/** To be called before namespaces are made. */
export function noteNetnsMount(paths: StatePaths): void {
  if (!isMounted()) writeFileAtomicSync(marker(paths), '')
}

export async function removeNetnsMount(paths: StatePaths): Promise<void> {
  if (!existsSync(marker(paths))) return
  if (isMounted()) await run('umount', [NETNS_DIR])
  try {
    if (!isMounted()) rmdirSync(NETNS_DIR)
  } catch {
    // Somebody's name is in it.
  }
  rmSync(marker(paths), { force: true })
}

function isMounted(): boolean {
  return readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${NETNS_DIR} `)
}

function marker(paths: StatePaths): string {
  return path.join(paths.agent, 'mounted-netns')
}
