/** hsmnet hsm …: the commands on HSMs. What each does is in its file. */
import { type Command, Option } from 'commander'

export function hsmCommands(program: Command): void {
  const hsm = program.command('hsm').description('HSMs: list, show, init, register, zeroize').exitOverride()
  const command = (usage: string, description: string, example: string): Command =>
    hsm
      .command(usage)
      .description(description)
      .exitOverride()
      .addOption(new Option('--json', 'print JSON').default(false))
      .addHelpText(
        'after',
        `\nSecrets come from a file of mode 0600, from fd:N, or from a prompt.\n\nExample:\n  ${example}`,
      )
  const onDevice = (made: Command): Command =>
    made
      .requiredOption('--from <host>', 'the host inside the network to work from')
      .option('--admin-password <source>', "tenantadmin's password")

  command('list', 'every HSM and the state of its device', 'hsmnet hsm list').action(async options =>
    (await import('./list.ts')).list(options),
  )
  command('show <name>', 'one HSM; with --from, what its own `hsm show` says', 'hsmnet hsm show hsm1 --from vm1')
    .option('--from <host>', 'the host inside the network to work from')
    .option('--admin-password <source>', "tenantadmin's password")
    .action(async (name, options) => (await import('./show.ts')).show(name, options))
  onDevice(
    command(
      'init <name>',
      'initialise the HSM of a zeroized device and make a partition',
      'hsmnet hsm init hsm1 --from vm1 --label prod --partition app',
    ),
  )
    .option('--new-admin-password <source>', "tenantadmin's new password, where the delivered one must be changed")
    .option('--so-password <source>', "the HSM security officer's password")
    .option('--domain <source>', 'the cloning domain')
    .option('--label <label>', "the HSM's label; its name unless given")
    .option('--partition <name>', 'a partition to create', 'app')
    .action(async (name, options) => (await import('./init.ts')).init(name, options))
  onDevice(
    command(
      'register <name>',
      "register the host's client with the device and initialise its partition",
      'hsmnet hsm register hsm1 --from vm1 --partition app',
    ),
  )
    .option('--partition <name>', 'the partition to assign', 'app')
    .option('--po-password <source>', "the partition security officer's password")
    .option('--co-pin <source>', "the crypto officer's PIN, which applications log in with")
    .option('--no-initialise', 'the partition is initialised already: only register')
    .action(async (name, options) => (await import('./register.ts')).register(name, options))
  onDevice(command('zeroize <name>', 'destroy every key of a device', 'hsmnet hsm zeroize hsm1 --from vm1'))
    .option('--so-password <source>', "the HSM security officer's password; without it, by three wrong logins")
    .action(async (name, options) => (await import('./zeroize.ts')).zeroize(name, options))
}
