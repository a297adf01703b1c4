/** Where an instance keeps its state. One directory, one owner mark, one port, one server, one agent. */
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { writeFileAtomicSync } from './atomic-file.ts'

export interface StatePaths {
  readonly root: string
  /** 8 hex digits that mark every namespace, link and process of this instance. */
  readonly ownerFile: string
  /** `{url, token, ca, subscriptionId}`, 0600: how the CLI and any other client finds the server. */
  readonly connection: string
  readonly server: string
  readonly agent: string
  readonly agentSocket: string
  readonly instance: string
  readonly hosts: string
  readonly appliances: string
  readonly clients: string
  readonly cache: string
  readonly logs: string
  /** SSH host keys of devices as the command line saw them first. */
  readonly knownDevices: string
}

/** The state directory: `$HSMNET_STATE`, else /var/lib/hsmnet as root, else below `$XDG_STATE_HOME`. */
export function stateRoot(env: NodeJS.ProcessEnv = process.env): string {
  if (env.HSMNET_STATE) return path.resolve(env.HSMNET_STATE)
  if (process.getuid?.() === 0) return '/var/lib/hsmnet'
  return path.join(env.XDG_STATE_HOME ?? path.join(homedir(), '.local', 'state'), 'hsmnet')
}

export function statePaths(root: string): StatePaths {
  const at = (...names: string[]) => path.join(root, ...names)
  return {
    root,
    ownerFile: at('owner'),
    connection: at('connection.json'),
    server: at('server'),
    agent: at('agent'),
    agentSocket: at('agent', 'agent.sock'),
    instance: at('instance'),
    hosts: at('hosts'),
    appliances: at('appliances'),
    clients: at('clients'),
    cache: at('cache'),
    logs: at('logs'),
    knownDevices: at('known-devices'),
  }
}

/** A unix socket's path has at most 107 bytes (unix(7)); the longest of ours is `appliances/HHHHHHHHHH/control.sock`. */
export const LONGEST_ROOT = 107 - '/appliances/0123456789/control.sock'.length

/** The owner mark of a state directory; null where it is none of ours. */
export function readOwner(paths: StatePaths): string | null {
  try {
    const owner = readFileSync(paths.ownerFile, 'utf8').trim()
    return /^[0-9a-f]{8}$/.test(owner) ? owner : null
  } catch {
    return null
  }
}

/**
 * Removes what is ours of a state directory, and the directory itself where nothing else is left in it; answers what
 * is left. A directory without an owner mark is not ours and is left alone.
 */
export function removeState(paths: StatePaths): readonly string[] {
  if (readOwner(paths) === null) return existsSync(paths.root) ? readdirSync(paths.root) : []
  const { root, ownerFile, agentSocket: _inAgent, ...ours } = paths
  for (const place of Object.values(ours)) rmSync(place, { recursive: true, force: true })
  // The mark goes last: while it stands, a removal that was interrupted can be done again.
  rmSync(ownerFile, { force: true })
  const left = readdirSync(root)
  if (left.length === 0) rmdirSync(root)
  return left
}

/** Makes the state directory (0700) and its owner mark where they are missing; answers the mark. */
export function openState(paths: StatePaths): string {
  mkdirSync(paths.root, { recursive: true, mode: 0o700 })
  for (const dir of [paths.server, paths.agent, paths.instance, paths.cache, paths.logs]) {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
  }
  if (!existsSync(paths.ownerFile)) writeFileAtomicSync(paths.ownerFile, `${randomBytes(4).toString('hex')}\n`)
  return readFileSync(paths.ownerFile, 'utf8').trim()
}

/**
 * The kernel-safe name of a plan id: hex digits of its hash. Names that users choose never become file, interface or
 * namespace names; 10 digits (40 bits) leave a prefix room in an interface name's 15 characters.
 */
export function hashName(id: string, digits = 10): string {
  return createHash('sha256').update(id).digest('hex').slice(0, digits)
}
