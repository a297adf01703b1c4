/** Wires the client. */
export async function clientMain(_args: readonly string[]): Promise<void> {}
