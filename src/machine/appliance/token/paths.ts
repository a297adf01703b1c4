/**
 * The files of one partition's token:
 *
 *     softhsm2.conf      what the partition's p11-kit-remote reads
 *     store/<uuid>/      SoftHSM's token: token.object, generation, <uuid>.object and their .lock files
 *     <uuid>.snapshot    the last whole token.object, from which a torn one is mended
 *     quarantine/        object files that were not whole
 */
import { mkdirSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { writeFileAtomicSync } from '../../../base/process/atomic-file.ts'

export interface TokenPaths {
  readonly root: string
  readonly configuration: string
  readonly store: string
  readonly quarantine: string
}

export function tokenPaths(root: string): TokenPaths {
  const at = (name: string) => path.join(root, name)
  return { root, configuration: at('softhsm2.conf'), store: at('store'), quarantine: at('quarantine') }
}

/** Makes the directories and writes the configuration, which names the place where the state lies now. */
export function prepareToken(paths: TokenPaths): void {
  mkdirSync(paths.store, { recursive: true, mode: 0o700 })
  const settings = [
    `directories.tokendir = ${paths.store}`,
    'objectstore.backend = file',
    'log.level = ERROR',
    'slots.removable = false',
    'slots.mechanisms = ALL',
    'library.reset_on_fork = false',
  ]
  writeFileAtomicSync(paths.configuration, `${settings.join('\n')}\n`)
}

/** SoftHSM's directory of each token in the store: one, or none before C_InitToken and after the partition is destroyed. */
export async function tokenDirectories(paths: TokenPaths): Promise<string[]> {
  try {
    const entries = await readdir(paths.store, { withFileTypes: true })
    return entries.filter(entry => entry.isDirectory()).map(entry => entry.name)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

export function snapshotFile(paths: TokenPaths, token: string): string {
  return path.join(paths.root, `${token}.snapshot`)
}

/** Null where there is no such file. */
export async function readIfThere(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file)
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
