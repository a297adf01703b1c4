/**
 * The arguments of bubblewrap for each kind of process (recipes/processes 2). Pure. A sandbox is an allow-list: what is
 * not bound here does not exist inside. Everything inherits no_new_privs and ends without a capability.
 */
import path from 'node:path'
import type { StatePaths } from '../../../base/process/state.ts'
import { clientRunDirectory } from '../places.ts'
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

/** What of this machine sandboxes show, each some of it. */
export function shownPlaces({ paths, node, code }: SandboxContext): string[] {
  return [...SYSTEM, '/opt', path.dirname(node), ...code, paths.hosts, paths.appliances, paths.clients]
}

/** bubblewrap writes the pid of a daemon here. */
export const STATUS_FD = 3

/** What a host calls its own in the place of the machine's, and where bubblewrap reads each from. */
export const HOST_FILES = [
  { file: '/etc/passwd', fd: 4 },
  { file: '/etc/group', fd: 5 },
  { file: '/etc/hosts', fd: 6 },
  { file: '/etc/hostname', fd: 7 },
] as const

/** bubblewrap reads what all hosts share from here: a hundred times the same words take a shell half a host's time. */
export const SHARED_ARGUMENTS_FD = 8

const SYSTEM = ['/usr', '/etc'] as const

/** Shared memory and temporary files of one sandbox, in bytes. */
const SCRATCH = 64 * 1024 * 1024

/** A host: nothing but its holder until programs enter. What is here is the same for every host. */
export function sharedHolderArguments(context: SandboxContext): string[] {
  const { mode, node, exists, owner } = context
  return [
    ...NAMESPACES,
    // Programs must not trace their holder: they get another uid, or a user namespace further in.
    ...(mode === 'rootless' ? ['--unshare-user', '--uid', `${ROOTLESS_UID}`, '--gid', `${ROOTLESS_UID}`] : []),
    ...system(),
    ...['--ro-bind-try', '/opt', '/opt'],
    ...HOST_FILES.filter(({ file }) => exists(file)).flatMap(({ file, fd }) => [
      ...['--perms', '0644', '--ro-bind-data', `${fd}`, file],
    ]),
    ...scratch('/tmp', '/dev/shm'),
    ...['--symlink', '../tmp', '/var/tmp', '--perms', '0755', '--dir', '/run'],
    ...['--ro-bind', path.dirname(node), '/run/node'],
    ...environment({ PATH: '/usr/bin:/bin', HSMNET_OWNER: owner }),
    ...capabilities(mode),
  ]
}

/** The rest of a host, and its holder: `sleep` is a full init while SIGCHLD is ignored, for the kernel then reaps. */
export function holderCommand(wanted: WantedProcess, context: SandboxContext): string[] {
  return [
    ...['bwrap', '--args', `${SHARED_ARGUMENTS_FD}`, '--hostname', wanted.hostname],
    ...['--bind', wanted.directory, '/home'],
    // The directory of the client's socket, not the socket: one made again has another inode.
    ...['--bind', clientRunDirectory(context.paths, wanted.endpoint), '/run/hsmnet'],
    ...variables({ HSMNET_RESOURCE: wanted.id, HSMNET_DIGEST: wanted.digest }),
    ...['--remount-ro', '/', '--'],
    // Plain numbers: `setpriv` looks each up as a name first, which takes longer than all else it does.
    ...(context.mode === 'root' ? ['nsenter', `--setuid=${HOLDER_UID}`, `--setgid=${HOLDER_UID}`, '--'] : []),
    ...['env', '--ignore-signal=CHLD', 'sleep', 'infinity'],
  ]
}

/**
 * The texts of `HOST_FILES`, in their order. `ssh` and others refuse a uid without an entry; the host's name leads to
 * the host itself, as on Debian.
 *
 * @param uid of the host's programs, as they see it.
 */
export function hostFiles(hostname: string, uid: number): readonly [string, string, string, string] {
  const nobody = 65534
  const users = ['root:x:0:0:root:/root:/bin/sh', `user:x:${uid}:${uid}:user:/home:/bin/sh`]
  return [
    [...users, `nobody:x:${nobody}:${nobody}:nobody:/:/bin/false`].join('\n'),
    ['root:x:0:', `user:x:${uid}:`, `nogroup:x:${nobody}:`].join('\n'),
    ['127.0.0.1 localhost', `127.0.1.1 ${hostname}`].join('\n'),
    hostname,
  ]
}

/** A daemon of ours: the code, the runtime and its own directory. */
export function daemonCommand(wanted: WantedProcess, uid: number, context: SandboxContext): string[] {
  const { mode, node, main, code, owner } = context
  return [
    ...['bwrap', ...NAMESPACES, '--hostname', wanted.hostname, '--json-status-fd', `${STATUS_FD}`],
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
      HSMNET_OWNER: owner,
      HSMNET_RESOURCE: wanted.id,
      HSMNET_DIGEST: wanted.digest,
    }),
    ...capabilities(mode),
    ...['--remount-ro', '/', '--'],
    ...(mode === 'root' ? ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, ...DROPPED] : []),
    ...[node, main, `@${wanted.kind}`, '--state', wanted.directory],
  ]
}

/** First process of its own pid namespace, so that with it everything it started ends. */
const NAMESPACES = ['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--as-pid-1']

function system(): string[] {
  return [
    ...SYSTEM.flatMap(place => ['--ro-bind', place, place]),
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

function environment(wanted: Readonly<Record<string, string>>): string[] {
  return ['--clearenv', ...variables(wanted)]
}

function variables(wanted: Readonly<Record<string, string>>): string[] {
  return Object.entries(wanted).flatMap(([name, value]) => ['--setenv', name, value])
}

/** As root the last step before the program still needs what it takes to become another user, and to drop the rest. */
function capabilities(mode: Mode): string[] {
  const needed = mode === 'root' ? ['CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP'] : []
  return ['--cap-drop', 'ALL', ...needed.flatMap(capability => ['--cap-add', capability])]
}

/** What no_new_privs makes worthless is taken from a daemon all the same: it is what the network reaches. */
const DROPPED = ['--clear-groups', '--bounding-set=-all', '--inh-caps=-all'] as const
