/** Wires the agent. */
export async function agentMain(_args: readonly string[]): Promise<void> {}
