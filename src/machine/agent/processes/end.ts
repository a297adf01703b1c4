/** Ends a process of ours as its kind wants it. */
import { endProcess, type MarkedProcess } from '../../../base/process/proc.ts'

/** A daemon finishes what it is writing. */
const GRACE_MILLISECONDS = 3000

/** The digest of a holder begins so: a process found by its mark alone must tell what it is. */
export const HOLDER_DIGEST = 'host-'

/**
 * TERM, wait, KILL. A holder has nothing to finish, and as first process of its namespace it is deaf to TERM.
 *
 * @throws when it is still there.
 */
export async function endMarked({ pid, start, digest }: MarkedProcess): Promise<void> {
  const grace = digest.startsWith(HOLDER_DIGEST) ? 0 : GRACE_MILLISECONDS
  if (!(await endProcess(pid, start, grace))) throw new Error(`process ${pid} could not be ended`)
}
