/** When a process that is being started has become itself. */
import { isAlive, type MarkedProcess, markedProcess } from '../../../base/process/proc.ts'

/** From the first program to the one that was wanted; a machine that is busy starting hundreds needs seconds. */
const EXEC_MILLISECONDS = 15_000
const LOOK_AGAIN_MILLISECONDS = 5

/**
 * Waits until the process bears our mark: only the program at the end of the chain was given it, so all that comes
 * before, such as the sandbox being built, is done. Null when it ends before. `find` may not know the pid at once.
 */
export async function whenMarked(find: () => number | null, owner: string): Promise<MarkedProcess | null> {
  let seen = false
  for (const end = Date.now() + EXEC_MILLISECONDS; Date.now() < end; ) {
    const pid = find()
    const process = pid === null ? null : markedProcess(pid, owner)
    if (process) return process
    const alive = pid !== null && isAlive(pid)
    if (seen && !alive) return null
    seen ||= alive
    await new Promise(resolve => setTimeout(resolve, LOOK_AGAIN_MILLISECONDS))
  }
  return null
}
