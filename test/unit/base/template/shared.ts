/** Data that is shared beside the project and never part of it: tests read it where it is and skip where it is not. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

const SHARED = path.resolve(import.meta.dirname, '../../../../../shared')

/** The reason to skip, or false where the folder is there. */
export function skipWithout(folder: string): string | false {
  return existsSync(path.join(SHARED, folder)) ? false : `../shared/${folder} is not beside the project`
}

export function readShared(...parts: string[]): string {
  return readFileSync(path.join(SHARED, ...parts), 'utf8')
}

export function hasShared(...parts: string[]): boolean {
  return existsSync(path.join(SHARED, ...parts))
}

/** Names of the folders in a shared folder; none where it is absent. */
export function foldersOf(folder: string): string[] {
  if (!hasShared(folder)) return []
  return readdirSync(path.join(SHARED, folder), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
}

/** Paths, sorted, of the files in a shared folder and its folders whose names end so. */
export function filesOf(folder: string, ending: string): string[] {
  const files = readdirSync(path.join(SHARED, folder), { recursive: true, encoding: 'utf8' })
  return files.filter(file => file.endsWith(ending)).toSorted()
}
