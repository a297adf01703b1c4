import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import { diff } from '../../../../../src/machine/agent/kernel/diff.ts'
import { layoutPlan } from '../../../../../src/machine/agent/kernel/layout.ts'
import type { Layout } from '../../../../../src/machine/agent/kernel/namespace-state.ts'
import { insideBatch, outsideStages } from '../../../../../src/machine/agent/kernel/render.ts'
import type { Plan } from '../../../../../src/model/plan/plan.ts'
import { planSchema } from '../../../../../src/model/plan/plan.ts'
import { hsmPairPlan } from '../hsm-pair.ts'

const OWNER = '0a0b0c0d'
const layoutOf = (plan: Plan) => layoutPlan(plan, { owner: OWNER, lastGroup: 2147483647 })

/** Everything that is run to make a layout where nothing stands, as one text. */
function everythingRun(layout: Layout): string {
  const changes = diff(layout, new Map(), OWNER)
  const inside = changes.inside.map(change =>
    [
      `# ${change.namespace}: ${layout.namespaces.get(change.namespace)?.id}`,
      ...[...change.settings].map(([setting, value]) => `${setting} = ${value}`),
      insideBatch(change).trimEnd(),
      change.filter ?? '',
    ].join('\n'),
  )
  return [outsideStages(changes).flat().join(''), ...inside].join('\n')
}

test('hsm-pair is what recipes/netns proved by hand (golden; UPDATE_GOLDEN=1 writes it anew)', () => {
  const golden = path.join(import.meta.dirname, '..', 'golden', 'hsm-pair.txt')
  const text = `${everythingRun(layoutOf(planSchema.parse(hsmPairPlan())))}\n`
  if (process.env.UPDATE_GOLDEN) writeFileSync(golden, text)
  assert.equal(text, readFileSync(golden, 'utf8'))
})

test('a second tenant changes no row of the first', () => {
  const alone = layoutOf(hsmPairPlan('a'))
  const both = layoutOf(hsmPairPlan('a', 'b'))
  for (const [name, namespace] of alone.namespaces) assert.deepEqual(both.namespaces.get(name), namespace)
  assert.equal(both.namespaces.size, 2 * alone.namespaces.size)
})

test('interface names fit into 15 characters and no name repeats', () => {
  const { pairs } = layoutOf(hsmPairPlan('a', 'b'))
  const places = pairs.flatMap(pair => pair.ends.map(end => `${end.namespace} ${end.name}`))
  assert.equal(new Set(places).size, places.length)
  for (const pair of pairs) for (const end of pair.ends) assert.ok(end.name.length <= 15, end.name)
})

const [part] = Object.values(hsmPairPlan().parts)
if (!part) throw new Error('the plan has a part')
const vnet = part.id
const nic = part.ports[0]
if (!nic) throw new Error('the part has a port')

const routeRows: readonly [string, Plan['parts'][string]['routers'][number]['main'][number], string][] = [
  ['to a link', { prefix: '10.9.0.0/16', to: { kind: 'link', link: `${vnet}#link/gateway` } }, 'via 169.254.0.1 dev w'],
  ['to a NIC', { prefix: '10.2.0.4/32', to: { kind: 'port', port: nic.id } }, '10.2.0.4 dev p'],
  ['through a NIC', { prefix: '10.9.0.0/16', to: { kind: 'port', port: nic.id } }, '10.9.0.0/16 via 10.2.0.4 dev p'],
  ['nowhere', { prefix: '10.9.0.0/16', to: { kind: 'unreachable' } }, 'unreachable 10.9.0.0/16 table'],
  ['to the next rule', { prefix: '10.9.0.0/16', to: { kind: 'throw' } }, 'throw 10.9.0.0/16 table'],
  [
    'default',
    { prefix: '0.0.0.0/0', to: { kind: 'link', link: `${vnet}#link/gateway` } },
    'default via 169.254.0.1 dev',
  ],
]
for (const [what, route, expected] of routeRows) {
  test(`a route ${what}`, () => {
    const routers = part.routers.map(router => (router.id === vnet ? { ...router, main: [route] } : router))
    const layout = layoutOf({ parts: { [part.id]: { ...part, routers } } })
    const lines = [...layout.namespaces.values()].find(namespace => namespace.id === vnet)?.routes ?? new Set()
    assert.ok(
      [...lines].some(line => line.startsWith(expected) || line.includes(` ${expected}`)),
      [...lines].join('\n'),
    )
  })
}

test('a table without a default ends in unreachable, one with a default does not', () => {
  const endings = (prefix: string) => {
    const routers = part.routers.map(router =>
      router.id === vnet
        ? {
            ...router,
            tables: [
              { id: 't', ingress: { kind: 'self' as const }, routes: [{ prefix, to: { kind: 'throw' as const } }] },
            ],
          }
        : router,
    )
    const layout = layoutOf({ parts: { [part.id]: { ...part, routers } } })
    const router = [...layout.namespaces.values()].find(namespace => namespace.id === vnet)
    return [...(router?.routes ?? [])].filter(line => line.startsWith('unreachable default')).length
  }
  assert.equal(endings('10.2.0.0/16'), 1)
  assert.equal(endings('0.0.0.0/0'), 0)
})

test('a rootless instance asks for no group that it does not have', () => {
  const layout = layoutPlan(hsmPairPlan(), { owner: OWNER, lastGroup: 0 })
  const host = [...layout.namespaces.values()].find(namespace => namespace.kind === 'host')
  assert.equal(host?.settings.get('net/ipv4/ping_group_range'), '0 0')
})
