/**
 * First light, for a newcomer to watch: an HSM pair declared with a template, joined to a network by real packets,
 * signing for an unmodified application, and what happens when things die. Ends with `N passed, N failed`.
 */
import path from 'node:path'
import { Instance, ROOT } from '../support/hsmnet.ts'
import { leftovers, ownerOf } from '../support/machine.ts'
import { deployPair } from './deploy.ts'
import { endOfHsms } from './end.ts'
import { killEverything, killServerAndAgent } from './kills.ts'
import { refusals } from './refusals.ts'
import { check, finish, section, show } from './report.ts'
import { initialiseDevices, signOnBoth, tutorialShell } from './signing.ts'
import { secondTenant } from './tenant.ts'

const instance = new Instance('demo')
const templates = ['azuredeploy.json', 'hsmnet.json'].map(name => path.join(ROOT, 'examples', 'hsm-pair', name))
let owner = ''

try {
  section('an HSM pair, declared with a template')
  await deployPair(instance, templates)
  owner = ownerOf(instance.state)

  section('the devices, reached from vm1')
  await tutorialShell(instance)
  await initialiseDevices(instance)
  await signOnBoth(instance)

  section('what is refused, and how to mend it')
  await refusals(instance)

  section('a second tenant with the same addresses')
  await secondTenant(instance)

  section('server and agent killed while vm1 signs')
  await killServerAndAgent(instance, owner)

  section('everything lost at once, as by a reboot')
  await killEverything(instance, owner, templates)

  section('zeroize, delete, down')
  await endOfHsms(instance)
  const down = await instance.run(['down', '--purge'])
  check('hsmnet down --purge', down.code === 0, down.stdout.trim())
  show(down.stderr)
  const left = leftovers(instance.state, owner)
  check('nothing of ours is left: no process, namespace, mount or file', left.length === 0)
  show(left.join('\n'))
} catch (error) {
  check('the demo went through', false, error instanceof Error ? error.message : String(error))
  await instance.run(['down', '--purge', '--destroy', 'hsm1', 'hsm2'])
} finally {
  instance.remove()
}
process.exitCode = finish()
