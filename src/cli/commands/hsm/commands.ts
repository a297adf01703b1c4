/** hsmnet hsm …: the commands on one HSM. */
import type { Command } from 'commander'

export function hsmCommands(_program: Command): void {}
