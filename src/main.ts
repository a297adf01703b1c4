/**
 * The one entry of every process of ours: `hsmnet ROLE …`. It only picks the role; each is imported on its own, so that
 * an idle daemon costs what it uses.
 */
const [role, ...args] = process.argv.slice(2)

switch (role) {
  case '@server':
    await (await import('./control/server/main.ts')).serverMain(args)
    break
  case '@agent':
    await (await import('./machine/agent/main.ts')).agentMain(args)
    break
  case '@appliance':
    await (await import('./machine/appliance/main.ts')).applianceMain(args)
    break
  case '@client':
    await (await import('./machine/client/main.ts')).clientMain(args)
    break
  case '@console':
    await (await import('./machine/client/console/main.ts')).consoleMain()
    break
  default:
    await (await import('./cli/main.ts')).cliMain(process.argv.slice(2))
}
