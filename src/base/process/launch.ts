/** Starts a process of ours that outlives this one, and waits until it says that it is ready. */
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'

export interface DetachedProcess {
  readonly program: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Standard error goes here, 0600. */
  readonly log: string
  readonly milliseconds: number
}

/**
 * Resolves with the first line of its standard output, which is then closed: it writes no second one.
 *
 * @throws with the last line of the log when it ends before, or the time is over.
 */
export function launchDetached(options: DetachedProcess): Promise<string> {
  const { program, args, env, log, milliseconds } = options
  const logFd = openSync(log, 'a', 0o600)
  const before = readFileSync(log).length
  const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', logFd], env, cwd: '/' })
  closeSync(logFd)
  const stdout = child.stdout as Readable
  return new Promise((resolve, reject) => {
    let text = ''
    const fail = (why: string) => {
      clearTimeout(timer)
      stdout.destroy()
      const said = readFileSync(log, 'utf8').slice(before).trim().split('\n').at(-1) ?? ''
      reject(new Error(`${program} ${why}${said === '' ? '' : `: ${said}`}; its log is ${log}`))
    }
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      fail(`was not ready after ${milliseconds} ms`)
    }, milliseconds)
    child.once('error', error => fail(`did not start: ${error.message}`))
    stdout.on('data', chunk => {
      text += String(chunk)
      const at = text.indexOf('\n')
      if (at === -1) return
      clearTimeout(timer)
      child.removeAllListeners('error')
      stdout.removeAllListeners('close')
      stdout.destroy()
      child.unref()
      resolve(text.slice(0, at))
    })
    stdout.once('close', () => fail('ended before it was ready'))
  })
}
