/** The processes that run, those that fail, and when to try again. */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { lastWords } from '../../../base/process/log.ts'
import { isAlive, type MarkedProcess, markedProcesses } from '../../../base/process/proc.ts'
import type { NamespaceChange } from '../kernel/diff.ts'
import { hostsLog, logFile } from '../places.ts'
import { type BareMounts, openBareMounts } from './bare-mounts.ts'
import { compareProcesses, FAILURES_SHOWN, type Orders, pauseAfter } from './compare.ts'
import { prepareDirectory } from './directories.ts'
import { endMarked, HOLDER_DIGEST } from './end.ts'
import { Identities, ROOTLESS_UID } from './identity.ts'
import { type DaemonLaunch, launchDaemon } from './launch-daemon.ts'
import { type HolderLaunch, launchHolders } from './launch-holders.ts'
import {
  daemonCommand,
  holderCommand,
  hostFiles,
  type SandboxContext,
  sharedHolderArguments,
  shownPlaces,
} from './sandbox.ts'
import type { WantedProcess } from './wanted.ts'

/** What is known of one wanted process. */
export interface ProcessFacts {
  readonly process: MarkedProcess | null
  readonly ready: boolean
  /** It was started before, in vain or for a while. */
  readonly tried: boolean
  /** Why it does not run, once that was seen several times in a row. */
  readonly failure: string | null
}

/** A process to start, and what its namespace needs before. */
export interface Start {
  readonly wanted: WantedProcess
  readonly change: NamespaceChange | undefined
}

export interface PreparedHost extends HolderLaunch {
  readonly id: string
}

export interface PreparedDaemon extends DaemonLaunch {
  readonly id: string
}

interface Known {
  readonly process: MarkedProcess
  ready: boolean
  readonly since: number
}

interface Trouble {
  failures: number
  retryAt: number
  message: string
}

/** A process that ran so long is well: what failed before is forgotten. */
const WELL_MILLISECONDS = 30_000
export class Supervisor {
  readonly #context: SandboxContext
  readonly #identities: Identities
  readonly #onReady: () => void
  readonly #known = new Map<string, Known>()
  readonly #troubles = new Map<string, Trouble>()

  /** @param onReady is called when a process that was started says that it is ready, or fails to. */
  constructor(context: SandboxContext, onReady: () => void) {
    this.#context = context
    this.#identities = new Identities(context.mode)
    this.#onReady = onReady
  }

  /** Looks through all processes of the machine for ours; those that a former agent started are ours too. */
  look(): MarkedProcess[] {
    // What a daemon starts bears its mark too, and a program in a host may claim any.
    const found = markedProcesses(this.#context.owner).filter(({ first }) => first)
    this.noticeDeaths()
    for (const process of found) {
      const known = this.#known.get(process.resource)
      if (known?.process.pid === process.pid) continue
      // It was there before us, so it has long been started; a device's own answer says more (`device.ts`).
      if (!known) this.#known.set(process.resource, { process, ready: true, since: Date.now() })
    }
    return found
  }

  /** True when one of the known processes has ended since the last look: a cheap question. */
  noticeDeaths(): boolean {
    let died = false
    for (const [id, { process, since, ready }] of this.#known) {
      if (isAlive(process.pid, process.start)) {
        if (ready && Date.now() - since > WELL_MILLISECONDS) this.#troubles.delete(id)
        continue
      }
      died = true
      this.#known.delete(id)
      this.#fail(id, this.#lastWordsOf(process))
    }
    return died
  }

  /** What to do now; a process that failed is left out until its pause is over. */
  orders(wanted: readonly WantedProcess[], running: readonly MarkedProcess[], misplaced: ReadonlySet<number>): Orders {
    for (const id of this.#troubles.keys()) if (!wanted.some(process => process.id === id)) this.#troubles.delete(id)
    const { end, start } = compareProcesses(wanted, running, misplaced)
    const now = Date.now()
    return { end, start: start.filter(({ id }) => (this.#troubles.get(id)?.retryAt ?? 0) <= now) }
  }

  /** When the next of the failed may be tried again, or null. */
  nextTry(): number | null {
    const times = [...this.#troubles].filter(([id]) => !this.#known.has(id)).map(([, trouble]) => trouble.retryAt)
    return times.length === 0 ? null : Math.min(...times)
  }

  facts(id: string): ProcessFacts {
    const known = this.#known.get(id)
    const trouble = this.#troubles.get(id)
    return {
      process: known?.process ?? null,
      ready: known?.ready ?? false,
      tried: trouble !== undefined,
      failure: trouble && trouble.failures >= FAILURES_SHOWN ? trouble.message : null,
    }
  }

  /** The uid of a host's programs, as the machine sees it. */
  uidOf(host: WantedProcess): number {
    return this.#identities.uidOf('host', host.directory)
  }

  async end(process: MarkedProcess): Promise<void> {
    if (this.#known.get(process.resource)?.process.pid === process.pid) this.#known.delete(process.resource)
    await endMarked(process)
  }

  /** Where sandboxes are started from. */
  openMounts(): Promise<BareMounts> {
    return openBareMounts(shownPlaces(this.#context))
  }

  /** Makes the directories of what is to start, and says how each is started. */
  prepare(starts: readonly Start[]): { hosts: readonly PreparedHost[]; daemons: readonly PreparedDaemon[] } {
    const hosts: PreparedHost[] = []
    const daemons: PreparedDaemon[] = []
    const context = this.#context
    for (const { wanted, change } of starts) {
      const { id, namespace } = wanted
      const uid = this.#prepareDirectory(wanted)
      if (uid === null) continue
      if (wanted.kind === 'host') {
        const files = hostFiles(wanted.hostname, context.mode === 'root' ? uid : ROOTLESS_UID)
        hosts.push({ id, namespace, change, command: holderCommand(wanted, context), files })
      } else {
        const log = logFile(context.paths, id)
        daemons.push({ id, namespace, change, command: daemonCommand(wanted, uid, context), log })
      }
    }
    return { hosts, daemons }
  }

  /** Null when it failed; what starts beside it is not held up. */
  #prepareDirectory(wanted: WantedProcess): number | null {
    try {
      return prepareDirectory(wanted, this.#context.paths, this.#identities)
    } catch (error) {
      this.#fail(wanted.id, error instanceof Error ? error.message : String(error))
      return null
    }
  }

  /** Failures are kept, not thrown. */
  async startHosts(hosts: readonly PreparedHost[], mounts: BareMounts): Promise<void> {
    const { owner, paths } = this.#context
    const shared = path.join(paths.agent, 'holder-arguments')
    writeFileSync(
      shared,
      sharedHolderArguments(this.#context)
        .map(word => `${word}\0`)
        .join(''),
      { mode: 0o600 },
    )
    const launched = await launchHolders(hosts, { owner, mounts, shared, log: hostsLog(paths) })
    for (const [at, { id }] of hosts.entries()) {
      const holder = launched[at]
      if (holder?.ok) this.#known.set(id, { process: holder.value, ready: true, since: Date.now() })
      else this.#fail(id, holder?.reason ?? 'it was not started')
    }
  }

  /** Resolves once the daemon runs; that it is ready is told later. Failures are kept, not thrown. */
  async startDaemon(daemon: PreparedDaemon, mounts: BareMounts): Promise<void> {
    const launched = await launchDaemon(daemon, { owner: this.#context.owner, mounts })
    if (!launched.ok) {
      this.#fail(daemon.id, launched.reason)
      return
    }
    const known: Known = { process: launched.value.process, ready: false, since: Date.now() }
    this.#known.set(daemon.id, known)
    void launched.value.ready.then(ready => {
      known.ready = ready
      this.#onReady()
    })
  }

  /** A holder says nothing; what a shell said on the way to one is in the log that all hosts share. */
  #lastWordsOf({ resource, digest }: MarkedProcess): string {
    if (digest.startsWith(HOLDER_DIGEST)) return 'its holder ended'
    return `it ended: ${lastWords(logFile(this.#context.paths, resource))}`
  }

  #fail(id: string, message: string): void {
    const failures = (this.#troubles.get(id)?.failures ?? 0) + 1
    this.#troubles.set(id, { failures, retryAt: Date.now() + pauseAfter(failures), message })
  }
}
