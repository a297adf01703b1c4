/**
 * The agent and, for an ordinary user, the instance it lives in: a user namespace in which that user is root, with
 * mounts, network and pids of its own (recipes/processes 1). A holder keeps it; the end of the holder is the end of
 * everything inside.
 */

import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import path from 'node:path'
import { z } from 'zod'
import { writeFileAtomicSync } from '../../base/process/atomic-file.ts'
import { mainFile } from '../../base/process/entry.ts'
import { launchDetached } from '../../base/process/launch.ts'
import { bootId, endProcess, isAlive, processStat } from '../../base/process/proc.ts'
import type { StatePaths } from '../../base/process/state.ts'

/** Programs that the agent starts lie in /usr/sbin too, which an ordinary user's PATH lacks. */
const AGENT_PATH = '/usr/sbin:/usr/bin:/sbin:/bin'
const READY_MILLISECONDS = 15_000

/**
 * The holder, first process of its pid namespace. While /proc is still the machine's it reads its pid there, and prints
 * it once it stands. It hides the machine's /run, but for state that lies there. SIGCHLD ignored makes `sleep` reap.
 */
const HOLDER = `
set -e
read -r pid rest </proc/self/stat
cd "$1"
mount --make-rprivate /
mount -t proc proc /proc
mount -t tmpfs -o mode=755,size=4m tmpfs /run
case "$1" in /run/*) mkdir -p "$1"; mount --no-canonicalize --bind . "$1" ;; esac
mount -t sysfs sysfs /sys 2>/dev/null || :
mkdir -p /run/netns
cd /
echo "$pid"
exec env -i --ignore-signal=CHLD sleep infinity >/dev/null 2>&1
`

/** `unshare --pid` puts the children of this shell into the namespace: its first is the first there. */
const START_HOLDER = 'sh -c "$1" sh "$2" </dev/null &'

const holderSchema = z.strictObject({ pid: z.int().min(1), start: z.string(), boot: z.string() })
type Holder = z.infer<typeof holderSchema>

/**
 * Sees to it that an agent answers; one that runs already is left alone. As root it runs on the machine itself, as
 * anybody else inside the instance, which is made where there is none.
 *
 * @throws with the agent's or the holder's last words.
 */
export async function startAgent(paths: StatePaths): Promise<void> {
  if (await answers(paths.agentSocket)) return
  mkdirSync(paths.agent, { recursive: true, mode: 0o700 })
  const agent = [process.execPath, mainFile(), '@agent', '--state', paths.root]
  const command = process.getuid?.() === 0 ? agent : await insideInstance(paths, agent)
  const [program = '', ...args] = command
  await launchDetached({
    program,
    args,
    // No language: the programs it starts then look for no translations.
    env: { PATH: AGENT_PATH, NODE_COMPILE_CACHE: paths.cache },
    log: path.join(paths.logs, 'agent.log'),
    milliseconds: READY_MILLISECONDS,
  })
}

/** Ends the instance's holder and with it whatever still runs inside. Nothing to do as root. */
export async function endInstance(paths: StatePaths): Promise<void> {
  const holder = findHolder(paths)
  if (holder && !(await endProcess(holder.pid, holder.start, 0))) {
    throw new Error(`the instance's holder, process ${holder.pid}, could not be ended`)
  }
  rmSync(holderFile(paths), { force: true })
}

/** The pid of the instance's holder as this machine sees it; null where none runs. */
export function instancePid(paths: StatePaths): number | null {
  return findHolder(paths)?.pid ?? null
}

async function insideInstance(paths: StatePaths, agent: readonly string[]): Promise<string[]> {
  const { pid } = findHolder(paths) ?? (await startHolder(paths))
  // Only children of a process that enters a pid namespace are in it: the first shell waits for the second, which is
  // inside and leaves the agent to the holder. Left to the machine's own first process, a dead agent that is not reaped
  // would keep the holder from ending.
  const leave = ['sh', '-c', '"$@"; exit', 'sh', 'sh', '-c', '"$@" &', 'sh']
  const enter = ['nsenter', '--no-fork', '-t', `${pid}`, '-U', '-m', '-n', '-p', '-i', '--preserve-credentials', '--']
  return [...enter, ...leave, ...agent, '--instance', `${pid}`]
}

async function startHolder(paths: StatePaths): Promise<Holder> {
  mkdirSync(paths.instance, { recursive: true, mode: 0o700 })
  const namespaces = ['--user', '--map-root-user', '--mount', '--net', '--ipc', '--pid']
  const answer = await launchDetached({
    program: 'unshare',
    args: [...namespaces, 'sh', '-c', START_HOLDER, 'sh', HOLDER, paths.root],
    env: { PATH: AGENT_PATH },
    log: path.join(paths.logs, 'instance.log'),
    milliseconds: READY_MILLISECONDS,
  })
  const pid = Number(answer)
  const holder = { pid, start: processStat(pid)?.start ?? '', boot: bootId() }
  writeFileAtomicSync(holderFile(paths), JSON.stringify(holder))
  return holder
}

function findHolder(paths: StatePaths): Holder | null {
  const file = holderFile(paths)
  if (!existsSync(file)) return null
  const holder = holderSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')))
  if (!holder.success || holder.data.boot !== bootId() || !isAlive(holder.data.pid, holder.data.start)) return null
  return holder.data
}

function holderFile(paths: StatePaths): string {
  return path.join(paths.instance, 'holder.json')
}

function answers(socket: string): Promise<boolean> {
  return new Promise(resolve => {
    const connection = connect(socket)
    connection.once('connect', () => {
      connection.destroy()
      resolve(true)
    })
    connection.once('error', () => resolve(false))
  })
}
