/** Deploying the example. */
import type { Instance } from '../support/hsmnet.ts'
import { check, show } from './report.ts'

export async function deployPair(instance: Instance, templates: readonly string[]): Promise<void> {
  const plan = await instance.run(['plan', ...templates])
  check('hsmnet plan finds nothing wrong and touches nothing', plan.code === 0 && plan.stderr === '')
  const up = await instance.run(['up', ...templates])
  show(up.stdout)
  show(up.stderr)
  check(
    'hsmnet up: everything stands',
    up.code === 0 && up.stdout.includes('Everything stands'),
    `in ${up.seconds.toFixed(2)} s`,
  )
  if (up.code !== 0) throw new Error('the example was not deployed')
  const ping = await instance.exec('vm1', ['ping', '-c', '1', '-W', '2', '10.2.1.4'])
  check(
    'vm1 pings hsm1 through gateway, circuit and stamp',
    ping.code === 0,
    ping.stdout.match(/ttl=\d+ time=.*/)?.[0] ?? ping.stderr,
  )
}
