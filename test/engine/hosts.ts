/** Plans of a VNet with nothing but VMs in it: quick to stand. */
import type { Plan, PlanPart } from '../../src/model/plan/plan.ts'
import { hsmPairPart } from '../unit/machine/agent/hsm-pair.ts'

const whole = hsmPairPart('a')

export const network = whole.id

export function hostId(number: number): string {
  return `${whole.endpoints[0]?.id}/${number}`
}

/** `count` VMs, vm1 at 10.2.0.11 and so on, up to 240. */
export function hostsPlan(count: number): Plan {
  const numbers = Array.from({ length: count }, (_, at) => at + 1)
  const part: PlanPart = {
    ...whole,
    routers: whole.routers
      .filter(router => router.role === 'vnet')
      .map(router => ({ ...router, main: [], tables: router.tables.filter(({ ingress }) => ingress.kind !== 'link') })),
    links: [],
    daemons: [],
    endpoints: numbers.flatMap(number =>
      whole.endpoints.slice(0, 1).map(endpoint => ({ ...endpoint, id: hostId(number), hostname: `vm${number}` })),
    ),
    ports: numbers.flatMap(number =>
      whole.ports.slice(0, 1).map(port => ({
        ...port,
        id: `${hostId(number)}#nic`,
        endpoint: hostId(number),
        address: `10.2.0.${10 + number}`,
        mac: `00:0d:3a:00:00:${number.toString(16).padStart(2, '0')}`,
      })),
    ),
  }
  return { parts: { [part.id]: part } }
}
