/** Templates that would take for ever, or all memory, end in a finding soon. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { expandTemplate } from '../../../../src/base/template/expand.ts'
import { isArray, isObject, type Json, type JsonObject } from '../../../../src/base/template/json.ts'
import { factsFor } from './azure.ts'
import { READS_NOTHING } from './environment.ts'
import { template, vnet } from './templates.ts'

const chain = (links: number, first: string, next: (previous: string) => string): JsonObject => ({
  v0: first,
  ...Object.fromEntries(Array.from({ length: links }, (_, i) => [`v${i + 1}`, next(`variables('v${i}')`)])),
})
const useOf = (links: number) => ({ o: { type: 'int', value: `[length(variables('v${links}'))]` } })

/** Expands a template, all its bodies and its outputs; gives what is said against it. */
function everything(source: Json): string {
  const outcome = expandTemplate(source, {}, factsFor())
  if (!outcome.ok) return outcome.findings.map(({ message }) => message).join('\n')
  const answers = [
    ...outcome.value.resources.map(resource => resource.body(READS_NOTHING)),
    outcome.value.outputs(READS_NOTHING),
  ]
  return answers.flatMap(answer => (answer.ok ? [] : answer.findings.map(({ message }) => message))).join('\n')
}

const nest = "lambda('a', 'b', createArray(lambdaVariables('a')))"
const repeat = "lambda('a', 'b', concat(lambdaVariables('a'), lambdaVariables('a')))"
const rows: [what: string, template: () => Json, refusal: RegExp][] = [
  [
    'text doubled by each of 60 variables',
    () => template({ variables: chain(60, 'x', v => `[concat(${v}, ${v})]`), outputs: useOf(60) }),
    /larger than the 4194304 characters/,
  ],
  [
    'arrays doubled by reference',
    () => template({ variables: chain(60, '[createArray(1)]', v => `[createArray(${v}, ${v})]`), outputs: useOf(60) }),
    /larger than the 4194304 characters/,
  ],
  [
    'objects doubled by reference',
    () =>
      template({
        variables: chain(60, "[createObject('a', 1)]", v => `[createObject('a', ${v}, 'b', ${v})]`),
        outputs: useOf(60),
      }),
    /larger than the 4194304/,
  ],
  [
    'values nested by a loop',
    () => template({ outputs: { o: { type: 'array', value: `[reduce(range(0, 200), 1, ${nest})]` } } }),
    /nested more than 100 deep/,
  ],
  [
    '200 variables that use each other',
    () =>
      template({
        variables: Object.fromEntries(
          Array.from({ length: 200 }, (_, i) => [`v${i}`, [[[[[`[variables('v${i + 1}')]`]]]]]]),
        ),
        outputs: { o: { type: 'int', value: "[length(variables('v0'))]" } },
      }),
    /use each other too deeply/,
  ],
  [
    'reduce that doubles',
    () => template({ outputs: { o: { type: 'int', value: `[length(reduce(range(0, 60), 'x', ${repeat}))]` } } }),
    /larger than the 4194304/,
  ],
  [
    'maps inside maps',
    () =>
      template({
        outputs: {
          o: {
            type: 'array',
            value: "[map(range(0, 10000), lambda('a', length(map(range(0, 10000), lambda('b', 1)))))]",
          },
        },
      }),
    /more work than is allowed/,
  ],
  [
    'padding of a billion',
    () => template({ outputs: { o: { type: 'string', value: "[padLeft('', 1000000000)]" } } }),
    /larger than the 4194304/,
  ],
  [
    'formatted to a billion columns',
    () => template({ outputs: { o: { type: 'string', value: "[format('{0,9999999}', 'a')]" } } }),
    /larger than the 4194304/,
  ],
  [
    'a replacement that explodes',
    () =>
      template({
        outputs: {
          o: { type: 'string', value: "[replace(padLeft('', 1000000, 'a'), 'a', padLeft('', 1000000, 'b'))]" },
        },
      }),
    /larger than the 4194304/,
  ],
  [
    'a range of a billion',
    () => template({ outputs: { o: { type: 'array', value: '[range(0, 1000000000)]' } } }),
    /from 0 to 10000/,
  ],
  [
    'a loop of a billion',
    () => template({ resources: [vnet('[string(copyIndex())]', { copy: { name: 'l', count: 1_000_000_000 } })] }),
    /Limit: '800' and actual: '1000000000'/,
  ],
  [
    '800 bodies of a million characters',
    () =>
      template({
        variables: { big: "[padLeft('', 1000000, 'a')]" },
        resources: [
          vnet('[string(copyIndex())]', { copy: { name: 'l', count: 800 }, tags: { t: "[variables('big')]" } }),
        ],
      }),
    /more work than is allowed/,
  ],
  [
    'loops in loops in loops',
    () => template({ outputs: { o: { type: 'object', value: loops(4) } } }),
    /more work than is allowed/,
  ],
  [
    'conditions that are false by the hundred thousand',
    () =>
      template({
        resources: Array.from({ length: 200 }, (_, i) =>
          vnet(`[format('{0}', copyIndex())]`, {
            condition: `[equals(length(range(0, 10000)), ${i})]`,
            copy: { name: `l${i}`, count: 800 },
          }),
        ),
      }),
    /more work than is allowed/,
  ],
  [
    'input deeper than the reader takes',
    () => template({ variables: { v: JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) } }),
    /nested more than|4194304/,
  ],
  [
    'a misspelt property, looked for in many, time and again',
    () =>
      template({
        variables: { o: numbered(256) },
        resources: Array.from({ length: 200 }, (_, i) =>
          vnet(`[variables('o').${'n'.repeat(60)}]`, { condition: false, copy: { name: `l${i}`, count: 800 } }),
        ),
      }),
    /more work than is allowed/,
  ],
  [
    'an unknown dependency of each of 700 resources',
    () =>
      template({
        resources: Array.from({ length: 700 }, (_, i) => vnet(`v${i}`, { dependsOn: [`w${'w'.repeat(50)}`] })),
      }),
    /is not defined in the template/,
  ],
  [
    'everything depends on everything',
    () =>
      template({
        resources: Array.from({ length: 800 }, (_, i) =>
          vnet(`v${i}`, { dependsOn: Array.from({ length: i }, (_, j) => `v${j}`) }),
        ),
      }),
    /^$/,
  ],
]

function numbered(count: number): JsonObject {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`${'m'.repeat(57)}${i}`, i]))
}

function loops(depth: number): JsonObject {
  const input: Json = depth === 0 ? 1 : loops(depth - 1)
  return { copy: [{ name: `l${depth}`, count: 800, input }] }
}

for (const [what, source, refusal] of rows) {
  test(what, () => {
    const built = source()
    const started = performance.now()
    assert.match(everything(built).slice(0, 2000), refusal)
    // The budget is a second at most on any machine that runs tests; the margin is for machines that are busy.
    assert.ok(performance.now() - started < 5000, `${performance.now() - started} ms`)
  })
}

test('parameters that are too deep or too large', () => {
  const source = template({ parameters: { p: { type: 'array' } } })
  const values: Json[] = [JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`), ['x'.repeat(5_000_000)]]
  for (const value of values) {
    const outcome = expandTemplate(source, { p: { value } }, factsFor())
    assert.match(outcome.ok ? '' : (outcome.findings[0]?.message ?? ''), /larger than 4194304 characters, or nested/)
  }
})

test('any mutation of a template is expanded or refused', () => {
  const base = template({
    parameters: { p: { type: 'string', defaultValue: 'a' }, n: { type: 'int', defaultValue: 2, minValue: 0 } },
    variables: {
      v: "[concat(parameters('p'), 'b')]",
      copy: [{ name: 'list', count: 2, input: "[copyIndex('list')]" }],
    },
    resources: [
      vnet("[format('{0}{1}', variables('v'), copyIndex())]", {
        copy: { name: 'loop', count: "[parameters('n')]", mode: 'Serial', batchSize: 1 },
        condition: "[not(empty(variables('list')))]",
        properties: { copy: [{ name: 'subnets', count: 2, input: { name: "[string(copyIndex('subnets'))]" } }] },
        resources: [{ type: 'subnets', apiVersion: '1', name: 's', dependsOn: ["[variables('v')]"] }],
      }),
    ],
    outputs: { o: { type: 'array', copy: { count: 2, input: "[reference('loop')]" } } },
  })
  const places = [...placesOf(base)]
  const scrap = fc.oneof(
    fc.constantFrom<Json>(
      null,
      true,
      0,
      -1,
      1e9,
      '',
      '[',
      ']',
      '[]',
      '[[]',
      "['a']",
      '[parameters()]',
      [],
      {},
      [null],
      { a: null },
    ),
    fc.constantFrom<Json>(
      "[variables('v')]",
      "[json('[[[[')]",
      '[copyIndex()]',
      "[resourceId('a/b', 'c')]",
      '__proto__',
      { __proto__: null },
    ),
    fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...places), scrap), { minLength: 1, maxLength: 3 }), mutations => {
      const mutated = mutations.reduce<Json>((value, [place, by]) => replaced(value, place, by), base)
      assert.equal(typeof everything(mutated), 'string')
    }),
    { numRuns: 1000 },
  )
})

/** Every path in a value. */
function* placesOf(value: Json, at: readonly string[] = []): Generator<readonly string[]> {
  yield at
  if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) yield* placesOf(item, [...at, key])
  }
}

function replaced(value: Json, [key, ...rest]: readonly string[], by: Json): Json {
  if (key === undefined) return by
  if (isArray(value)) return value.map((item, i) => (String(i) === key ? replaced(item, rest, by) : item))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, name === key ? replaced(item, rest, by) : item]),
  )
}
