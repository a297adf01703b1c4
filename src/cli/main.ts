/** Wires the commands. What each does is in its file. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Command, CommanderError, Option } from 'commander'
import { mainFile } from '../base/process/entry.ts'
import { EXIT } from './exit-codes.ts'
import { Failure } from './failure.ts'
import { printFailure } from './output.ts'

export async function cliMain(args: readonly string[]): Promise<void> {
  const program = new Command('hsmnet')
    .description('Dedicated HSM networking on your own machines.')
    .version(versionOf(), '--version', 'print the version')
    .exitOverride()
    .enablePositionalOptions()
  const command = (usage: string, description: string, example: string): Command =>
    program
      .command(usage)
      .description(description)
      .exitOverride()
      .addOption(new Option('--json', 'print JSON').default(false))
      .addHelpText('after', `\nExample:\n  ${example}`)

  command(
    'up <template...>',
    'start server and agent if none run, deploy, wait, show what stands',
    'hsmnet up examples/hsm-pair/azuredeploy.json examples/hsm-pair/hsmnet.json',
  )
    .option('-p, --parameters <file...>', 'parameter files', [])
    .option('-g, --group <name>', 'resource group', 'hsmnet')
    .option('-l, --location <region>', 'region of a new resource group', 'eastus')
    .action(async (files, options) => (await import('./commands/up.ts')).up(files, options))

  command('down', 'take everything down; keys stay', 'hsmnet down --purge --destroy hsm1')
    .option('--purge', 'destroy resources, keys and state as well', false)
    .option('--destroy <hsm...>', 'with --purge: HSMs that may be destroyed although they hold keys', [])
    .action(async options => (await import('./commands/down.ts')).down(options))

  command('serve', 'the control plane alone: the ARM API', 'hsmnet serve --detach')
    .option('--detach', 'in the background', false)
    .action(async options => (await import('./commands/serve.ts')).serve(options))

  command(
    'plan <template...>',
    'what would change and every finding, touching nothing',
    'hsmnet plan examples/hsm-pair/azuredeploy.json',
  )
    .option('-p, --parameters <file...>', 'parameter files', [])
    .option('-g, --group <name>', 'resource group', 'hsmnet')
    .option('-l, --location <region>', 'region of a new resource group', 'eastus')
    .action(async (files, options) => (await import('./commands/plan.ts')).plan(files, options))

  command('status', 'what is wanted, what stands, what is wrong', 'hsmnet status --json').action(async options =>
    (await import('./commands/status.ts')).status(options),
  )

  program
    .command('exec <host> [command...]')
    .description('run a program on a virtual machine')
    .exitOverride()
    .passThroughOptions()
    .addHelpText('after', '\nExample:\n  hsmnet exec vm1 -- ping -c 1 10.2.1.4')
    .action(async (host, rest) => (await import('./commands/exec.ts')).exec(host, rest))

  command('env', 'environment for az, SDKs, Terraform', 'eval "$(hsmnet env)"').action(async options =>
    (await import('./commands/env.ts')).env(options),
  )
  command('doctor', 'what this machine lacks, and the command that mends it', 'hsmnet doctor').action(async options =>
    (await import('./commands/doctor.ts')).doctor(options),
  )
  const { hsmCommands } = await import('./commands/hsm/commands.ts')
  hsmCommands(program)

  try {
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage
      return
    }
    printFailure(error)
    process.exitCode = error instanceof Failure ? error.exitCode : EXIT.failed
  }
}

function versionOf(): string {
  const file = path.join(path.dirname(mainFile()), '..', 'package.json')
  return String(JSON.parse(readFileSync(file, 'utf8')).version)
}
