/**
 * Where our own code is. Every process of ours is `spawn(process.execPath, [mainFile(), role, …])`: never a program
 * found on PATH, never a relative URL, so that source and package start alike.
 */
import { existsSync } from 'node:fs'
import path from 'node:path'

/** main.ts, or main.js in the package. */
export function mainFile(): string {
  return path.resolve(import.meta.dirname, '..', '..', `main${path.extname(import.meta.filename)}`)
}

/** The folders and files that a process of ours reads its code from; for a sandbox that shows nothing else. */
export function codePlaces(): string[] {
  const code = path.dirname(mainFile())
  const home = path.dirname(code)
  const parent = path.dirname(home)
  // Installed as somebody's dependency, our own dependencies lie beside us.
  const modules = path.basename(parent) === 'node_modules' ? [parent] : [path.join(home, 'node_modules')]
  return [code, path.join(home, 'package.json'), ...modules].filter(place => existsSync(place))
}
