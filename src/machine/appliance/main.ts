/** Wires the appliance. */
export async function applianceMain(_args: readonly string[]): Promise<void> {}
