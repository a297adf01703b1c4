/** Where the agent keeps what belongs to an element: in directories named by the hash of its id. */
import path from 'node:path'
import { hashName, type StatePaths } from '../../base/process/state.ts'

export function hostDirectory(paths: StatePaths, endpoint: string): string {
  return path.join(paths.hosts, hashName(endpoint))
}

export function applianceDirectory(paths: StatePaths, daemon: string): string {
  return path.join(paths.appliances, hashName(daemon))
}

/** Named after the host, not the client: a host binds it before any HA group names it. */
export function clientDirectory(paths: StatePaths, endpoint: string): string {
  return path.join(paths.clients, hashName(endpoint))
}

/** What a client shows to the programs of its host: /run/hsmnet there. */
export function clientRunDirectory(paths: StatePaths, endpoint: string): string {
  return path.join(clientDirectory(paths, endpoint), 'run')
}

export function logFile(paths: StatePaths, id: string): string {
  return path.join(paths.logs, `${hashName(id)}.log`)
}

/** One for all hosts: a file each would take longer to make than the host (2 ms on this project's machine). */
export function hostsLog(paths: StatePaths): string {
  return path.join(paths.logs, 'hosts.log')
}
