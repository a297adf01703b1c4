/** Wires the cli. */
export async function cliMain(_args: readonly string[]): Promise<void> {}
