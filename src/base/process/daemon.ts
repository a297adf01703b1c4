/** What every daemon of ours does once: says that it is ready, and ends when told to. */

/**
 * The one line on standard output, which is the agent's pipe: afterwards nothing is written there. The agent may have
 * died meanwhile, which is no reason to end.
 */
export function sayReady(): void {
  process.stdout.on('error', () => {})
  process.stdout.write(`${JSON.stringify({ ready: true })}\n`)
}

/**
 * Puts things away on TERM or INT, then ends. As pid 1 of a namespace a process has no default for any signal, so every
 * one that matters is handled. HUP means nothing: whoever started the daemon may be long gone.
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
