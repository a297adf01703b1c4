/** How a daemon of ours ends: on TERM or INT, after it has put its things away. */

/**
 * As pid 1 of a namespace a process has no default for any signal, so every one that matters is handled. HUP means
 * nothing: whoever started the daemon may be long gone.
 */
export function stopOnSignals(stop: () => Promise<void> | void): void {
  process.on('SIGHUP', () => {})
  const end = async () => {
    await stop()
    process.exit(0)
  }
  process.once('SIGTERM', () => void end())
  process.once('SIGINT', () => void end())
}
