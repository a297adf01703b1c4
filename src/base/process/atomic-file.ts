/** Files that are whole or absent after a crash: written beside, synced, renamed, and the directory synced. */
import { closeSync, fchownSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import path from 'node:path'

/** Replaces `file` durably. `mode` defaults to 0600: state is secret unless said otherwise. */
export function writeFileAtomicSync(
  file: string,
  data: string | Uint8Array,
  options: { readonly mode?: number; readonly owner?: { readonly uid: number; readonly gid: number } } = {},
): void {
  const temporary = `${file}.tmp-${process.pid}`
  // Made anew or not at all: in a directory of somebody else's the name may be a link to a file that is not theirs.
  rmSync(temporary, { force: true })
  const fd = openSync(temporary, 'wx', options.mode ?? 0o600)
  try {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written)
    if (options.owner) fchownSync(fd, options.owner.uid, options.owner.gid)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  renameSync(temporary, file)
  syncDirectory(path.dirname(file))
}

/** Makes renames, creations and removals in a directory durable. */
export function syncDirectory(directory: string): void {
  const fd = openSync(directory, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
