/**
 * The arguments of bubblewrap for each kind of process (recipes/processes 2). Pure. A sandbox is an allow-list: what is
 * not bound here does not exist inside. Everything inherits no_new_privs and ends without a capability.
 */
import path from 'node:path'
import type { StatePaths } from '../../../base/process/state.ts'
import { clientRunDirectory } from '../places.ts'
import { HOST_FILES } from './directories.ts'
import { HOLDER_UID, type Mode, ROOTLESS_UID } from './identity.ts'
import type { WantedProcess } from './wanted.ts'

export interface SandboxContext {
  readonly mode: Mode
  readonly owner: string
  readonly paths: StatePaths
  /** The runtime, `…/bin/node`. */
  readonly node: string
  /** main.ts, and the places that it and what it imports lie in. */
  readonly main: string
  readonly code: readonly string[]
  /** Whether this machine has a file; only over one that is there can another be bound. */
  readonly exists: (file: string) => boolean
}

/** bubblewrap writes the pid of its child here. */
export const STATUS_FD = 3

/** Shared memory and temporary files of one sandbox, in bytes. */
const SCRATCH = 64 * 1024 * 1024

/** The program and arguments that become `wanted`, to be run as the agent inside its namespace. */
export function sandboxCommand(wanted: WantedProcess, uid: number, context: SandboxContext): string[] {
  return wanted.kind === 'host' ? holderCommand(wanted, context) : daemonCommand(wanted, uid, context)
}

/** A host: nothing but its holder until programs enter. `sleep` is a full init while SIGCHLD is ignored. */
function holderCommand(wanted: WantedProcess, context: SandboxContext): string[] {
  const { mode, paths, node, exists } = context
  const own = HOST_FILES.map(name => ({ from: path.join(wanted.directory, 'etc', name), to: `/etc/${name}` }))
  return [
    ...bubblewrap(wanted),
    // Programs must not trace their holder: they get another uid, or a user namespace further in.
    ...(mode === 'rootless' ? ['--unshare-user', '--uid', `${ROOTLESS_UID}`, '--gid', `${ROOTLESS_UID}`] : []),
    ...system(),
    ...['--ro-bind-try', '/opt', '/opt'],
    ...own.filter(({ to }) => exists(to)).flatMap(({ from, to }) => ['--ro-bind', from, to]),
    ...scratch('/tmp', '/var/tmp', '/dev/shm'),
    ...['--bind', path.join(wanted.directory, 'home'), '/home'],
    ...passable(['/run/hsmnet', '/run/node']),
    // The directory of the client's socket, not the socket: one made again has another inode.
    ...['--bind', clientRunDirectory(paths, wanted.endpoint), '/run/hsmnet'],
    ...['--ro-bind', path.dirname(node), '/run/node'],
    ...environment({ PATH: '/usr/bin:/bin', ...marks(wanted, context) }),
    ...as(HOLDER_UID, mode),
    ...['sleep', 'infinity'],
  ]
}

/** A daemon of ours: the code, the runtime and its own directory. */
function daemonCommand(wanted: WantedProcess, uid: number, context: SandboxContext): string[] {
  const { mode, node, main, code } = context
  return [
    ...bubblewrap(wanted),
    ...system(),
    ...scratch('/tmp'),
    ...passable([...code, path.dirname(node), wanted.directory]),
    ...[...code, path.dirname(node)].flatMap(place => ['--ro-bind', place, place]),
    ...['--bind', wanted.directory, wanted.directory],
    ...environment({
      PATH: '/usr/bin:/bin',
      HOME: wanted.directory,
      LANG: 'C.UTF-8',
      NODE_COMPILE_CACHE: path.join(wanted.directory, 'cache'),
      ...marks(wanted, context),
    }),
    ...as(uid, mode),
    ...[node, main, `@${wanted.kind}`, '--state', wanted.directory],
  ]
}

/** First process of its own pid namespace, so that with it everything it started ends. */
function bubblewrap({ hostname }: WantedProcess): string[] {
  const namespaces = ['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--hostname', hostname]
  return ['bwrap', ...namespaces, '--as-pid-1', '--json-status-fd', `${STATUS_FD}`]
}

function system(): string[] {
  return [
    ...['--ro-bind', '/usr', '/usr', '--ro-bind', '/etc', '/etc'],
    ...['bin', 'sbin', 'lib', 'lib64'].flatMap(name => ['--symlink', `usr/${name}`, `/${name}`]),
    ...['--dev', '/dev', '--proc', '/proc'],
  ]
}

function scratch(...places: readonly string[]): string[] {
  return places.flatMap(place => ['--perms', '1777', '--size', `${SCRATCH}`, '--tmpfs', place])
}

/** Folders on the way to these places: bubblewrap would make them for root alone. */
function passable(places: readonly string[]): string[] {
  const above = (place: string): string[] => {
    const parent = path.dirname(place)
    return parent === '/' ? [] : [...above(parent), parent]
  }
  return [...new Set(places.flatMap(above))].flatMap(folder => ['--perms', '0755', '--dir', folder])
}

function marks({ id, digest }: WantedProcess, { owner }: SandboxContext): Record<string, string> {
  return { HSMNET_OWNER: owner, HSMNET_RESOURCE: id, HSMNET_DIGEST: digest }
}

/** The last of the file system: from here on the root itself is read-only. */
function environment(variables: Readonly<Record<string, string>>): string[] {
  const set = Object.entries(variables).flatMap(([name, value]) => ['--setenv', name, value])
  return ['--remount-ro', '/', '--clearenv', ...set]
}

function as(uid: number, mode: Mode): string[] {
  const without = ['--cap-drop', 'ALL']
  if (mode === 'rootless') return [...without, '--']
  const needed = ['CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP'].flatMap(capability => ['--cap-add', capability])
  const drop = ['--clear-groups', '--bounding-set=-all', '--inh-caps=-all']
  return [...without, ...needed, '--', 'setpriv', `--reuid=${uid}`, `--regid=${uid}`, ...drop]
}
