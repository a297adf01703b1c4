/** Wires the server. */
export async function serverMain(_args: readonly string[]): Promise<void> {}
