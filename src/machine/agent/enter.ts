/**
 * How a program gets into a host: arguments for `execve`. Pure. The kernel decides whether this user may; every step
 * here was proved in recipes/processes (exec.sh, 3-exec.py, 4-confine.sh).
 */
import type { HostPlace } from './protocol.ts'

/** For `process.execve(program, [program, ...args])` or `spawn(program, args)`. */
export interface Invocation {
  /** An absolute path. */
  readonly program: string
  readonly args: readonly string[]
}

export interface EnterOptions {
  /** Standard input and output are a terminal: the program gets one of the host's own. */
  readonly tty: boolean
  /** Where the program starts, inside the host. Default /home. */
  readonly cwd?: string
  /** TERM and LANG are passed on, nothing else. Default: this process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** Processes of one host's uid; as root alone, since rootless every host shares the user's. */
const PROCESS_LIMIT = 512

/**
 * Rootless, a program and the host's holder have one uid: only in a user namespace further in can it not trace the
 * holder. It is made inside, where /proc/self is.
 */
const FURTHER_IN = ['unshare', '--user', '--map-user=1000', '--map-group=1000']

/**
 * Runs `command` in a host, under the host's uid, with no way back to any privilege. Exit codes pass through, death by
 * signal N reads 128 + N; without a terminal, standard streams are the caller's own.
 */
export function enterHost(place: HostPlace, command: readonly string[], options: EnterOptions): Invocation {
  const { tty, cwd = '/home', env = process.env } = options
  const further = place.mode === 'rootless' ? FURTHER_IN : []
  const inside = [
    'env',
    '-i',
    // process.execve leaves SIGPIPE ignored, and ignored signals pass through exec.
    '--default-signal',
    `--chdir=${cwd}`,
    'PATH=/run/node:/usr/bin:/bin',
    'HOME=/home',
    'SHELL=/bin/sh',
    `TERM=${env.TERM ?? 'dumb'}`,
    `LANG=${env.LANG ?? 'C.UTF-8'}`,
    ...(place.client === null ? [] : ['P11_KIT_SERVER_ADDRESS=unix:path=/run/hsmnet/pkcs11.sock']),
    ...(tty ? onOwnTerminal([...further, ...command]) : waitedFor(further, command)),
  ]
  const namespaces = ['-m', '-n', '-p', '-i', '-u']
  const target = `${place.pid}`
  if (place.mode === 'root') {
    const identity = ['-S', `${place.uid}`, '-G', `${place.uid}`]
    const nsenter = ['nsenter', '--no-fork', '-t', target, ...namespaces, ...identity, '--']
    const args = [`--nproc=${PROCESS_LIMIT}`, 'setpriv', '--no-new-privs', ...nsenter, ...inside]
    return { program: '/usr/bin/prlimit', args }
  }
  const nsenter = ['nsenter', '--no-fork', '-t', target, '-U', ...namespaces, '--preserve-credentials', '--']
  const args = [...intoInstance(place), '-m', '--', 'setpriv', '--no-new-privs', ...nsenter, ...inside]
  return { program: '/usr/bin/nsenter', args }
}

/** Runs `command` in the host's network namespace alone: a program of ours, which sees this machine's files. */
export function enterNetwork(place: HostPlace, command: readonly string[]): Invocation {
  if (place.mode === 'root') {
    return { program: '/usr/bin/nsenter', args: ['-t', `${place.pid}`, '-n', '--', ...command] }
  }
  // The holder's pid is one of the instance, so its namespace is found through the instance's own /proc.
  const network = `/proc/${place.instancePid}/root/proc/${place.pid}/ns/net`
  return {
    program: '/usr/bin/nsenter',
    args: [...intoInstance(place), '--', 'nsenter', `--net=${network}`, '--', ...command],
  }
}

function intoInstance(place: HostPlace): string[] {
  return ['-t', `${place.instancePid}`, '-U', '--preserve-credentials']
}

/**
 * `nsenter --no-fork` leaves this shell outside the pid namespace, already under the host's uid: nothing inside sees
 * it, and its child is the first inside. It waits, so that Ctrl-C is the program's own affair, and ends with its code.
 */
function waitedFor(further: readonly string[], command: readonly string[]): string[] {
  return ['sh', '-c', `trap : INT QUIT; "$@"; exit $?`, 'sh', ...further, 'setpriv', '--pdeathsig', 'TERM', ...command]
}

/** On the caller's terminal a program could type into the caller's shell (TIOCSTI); on a pty of the host it cannot. */
function onOwnTerminal(command: readonly string[]): string[] {
  return ['script', '-qec', `exec ${command.map(quote).join(' ')}`, '/dev/null']
}

/** One word of a POSIX shell, whatever is in it. */
function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}
