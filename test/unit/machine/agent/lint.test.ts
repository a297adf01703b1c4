import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { lintPlan } from '../../../../src/machine/agent/lint.ts'
import { type Plan, type PlanPart, planSchema } from '../../../../src/model/plan/plan.ts'
import { hsmPairPart, hsmPairPlan } from './hsm-pair.ts'

const part = hsmPairPart()
const vnet = part.id

type Draft<T> = T extends readonly (infer U)[]
  ? Draft<U>[]
  : T extends object
    ? { -readonly [K in keyof T]: Draft<T[K]> }
    : T

/** The plan of hsm-pair with one thing changed. */
function changed(change: (part: Draft<PlanPart>) => void): Plan {
  const draft = structuredClone(part) as Draft<PlanPart>
  change(draft)
  return planSchema.parse({ parts: { [draft.id]: draft } })
}

test('hsm-pair, alone and with a second tenant, has no fault', () => {
  assert.deepEqual(lintPlan(hsmPairPlan()), [])
  assert.deepEqual(lintPlan(hsmPairPlan('a', 'b')), [])
  assert.deepEqual(lintPlan({ parts: {} }), [])
})

const first = <T>(items: readonly T[]): T => {
  const [item] = items
  if (item === undefined) throw new Error('the plan has one')
  return item
}

const rows: readonly [string, Plan, RegExp][] = [
  ['a part under a wrong key', { parts: { x: part } }, /calls itself/],
  [
    'an id twice',
    changed(it => {
      first(it.ports).id = vnet
    }),
    /used twice/,
  ],
  [
    'another machine',
    changed(it => {
      first(it.routers).machine = 'm2'
    }),
    /is on/,
  ],
  [
    'a prefix with host bits',
    changed(it => {
      first(it.routers).prefixes = ['10.2.0.1/16']
    }),
    /host bits/,
  ],
  ['two routes to one prefix', changed(it => first(it.routers).main.push(first(first(it.routers).main))), /two routes/],
  [
    'a route by a link elsewhere',
    changed(it => {
      first(first(it.routers).main).to = { kind: 'link', link: `${vnet}#link/stamp1` }
    }),
    /does not end at/,
  ],
  [
    'a route by no port',
    changed(it => {
      first(first(it.routers).main).to = { kind: 'port', port: 'x' }
    }),
    /not at this router/,
  ],
  [
    'a table for a link elsewhere',
    changed(it => {
      first(first(it.routers).tables).ingress = { kind: 'link', link: 'x' }
    }),
    /does not end at/,
  ],
  [
    'two tables for one ingress',
    changed(it => first(it.routers).tables.push({ ...first(first(it.routers).tables), id: 'x' })),
    /two tables for/,
  ],
  [
    'two tables of one id',
    changed(it =>
      first(it.routers).tables.push({ ...first(first(it.routers).tables), ingress: { kind: 'subnet', subnet: 'x' } }),
    ),
    /with the number/,
  ],
  [
    'a link to nothing',
    changed(it => {
      first(it.links).ends[1] = 'x'
    }),
    /not a router/,
  ],
  [
    'a link to itself',
    changed(it => {
      first(it.links).ends[1] = vnet
    }),
    /same router/,
  ],
  [
    'a link between stamps',
    changed(it => {
      first(it.links).ends = [`${vnet}#stamp/1`, `${vnet}#stamp/2`]
    }),
    /does not join/,
  ],
  [
    'a port at no router',
    changed(it => {
      first(it.ports).router = 'x'
    }),
    /router x/,
  ],
  [
    'a port of no endpoint',
    changed(it => {
      first(it.ports).endpoint = 'x'
    }),
    /endpoint x/,
  ],
  [
    'a host in a stamp',
    changed(it => {
      first(it.ports).router = `${vnet}#stamp/1`
    }),
    /not plugged into/,
  ],
  [
    'a gateway elsewhere',
    changed(it => {
      first(it.ports).gateway = '10.3.0.1'
    }),
    /gateway/,
  ],
  [
    'a NIC that is its own gateway',
    changed(it => {
      first(it.ports).gateway = first(it.ports).address
    }),
    /gateway/,
  ],
  [
    'a group MAC',
    changed(it => {
      first(it.ports).mac = '01:00:5e:00:00:01'
    }),
    /not the address/,
  ],
  [
    'an address twice',
    changed(it => {
      first(it.routers).addresses = ['10.2.0.4']
    }),
    /there twice/,
  ],
  [
    'an appliance in a host',
    changed(it => {
      first(it.daemons).endpoint = first(it.endpoints).id
    }),
    /not an endpoint/,
  ],
  [
    'a device at a strange address',
    changed(it => {
      first(it.daemons.filter(d => d.kind === 'appliance')).address = '10.2.1.9'
    }),
    /not an address of/,
  ],
  ['two daemons in one place', changed(it => it.daemons.push({ ...first(it.daemons), id: 'x' })), /two daemons/],
]
for (const [what, plan, message] of rows) {
  test(`refuses ${what}`, () => {
    const faults = lintPlan(plan)
    assert.ok(
      faults.some(fault => message.test(fault.message)),
      JSON.stringify(faults),
    )
  })
}

/** The place of every string of a value: its path of keys. */
function stringPlaces(value: unknown, at: readonly string[] = []): (readonly string[])[] {
  if (typeof value === 'string') return [at]
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, inner]) => stringPlaces(inner, [...at, key]))
}

function replaceAt(value: unknown, [key, ...rest]: readonly string[], change: (text: string) => string): unknown {
  if (key === undefined) return change(String(value))
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) }
  const inner = (copy as Record<string, unknown>)[key]
  return Object.assign(copy, { [key]: replaceAt(inner, rest, change) })
}

const EVIL = ['\n', ';', '"', "'", '..', '`', '$(', ' ', '\0', '\\', '{', '|', '&', '<', '*', '%', '\u2028']

/** As the agent judges it. */
function refused(value: unknown): boolean {
  const plan = planSchema.safeParse(value)
  return !plan.success || lintPlan(plan.data).length > 0
}

for (const text of EVIL) {
  test(`property: a plan with ${JSON.stringify(text)} in any field, or any key, is refused`, () => {
    const plan = hsmPairPlan()
    const places = stringPlaces(plan)
    assert.ok(places.length > 100)
    for (const place of places) {
      fc.assert(
        fc.property(fc.nat(), where => {
          const spoiled = replaceAt(plan, place, old => {
            const at = where % (old.length + 1)
            return old.slice(0, at) + text + old.slice(at)
          })
          assert.ok(refused(spoiled), place.join(' '))
        }),
        { numRuns: 5 },
      )
    }
    assert.ok(refused({ parts: { [`${part.id}${text}`]: part } }))
  })
}
