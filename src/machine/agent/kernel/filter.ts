/**
 * The nft table of a router, as the objects of libnftables' JSON: the form that `nft -j` takes and gives back, so that
 * wanted and observed compare without a parser of rule text, and no text is put together from names.
 */
import type { PlanPort, PlanTable } from '../../../model/plan/plan.ts'
import { portName, tableNumber } from './names.ts'

export const FILTER_TABLE = { family: 'inet', table: 'hsmnet' } as const

type NftObject = Readonly<Record<string, unknown>>

const IIFNAME = { meta: { key: 'iifname' } }

/**
 * Two duties at the port of entry: a packet whose source is not the NIC's own address is dropped and counted
 * (recipes/netns p1), and a packet from a subnet that has a routing table gets that table's mark.
 *
 * @returns the canonical form, '' where the router has no ports.
 */
export function routerFilter(tables: readonly PlanTable[], ports: readonly PlanPort[]): string {
  if (ports.length === 0) return ''
  return canonicalFilter([...sourceGuard(ports), ...subnetMarks(tables, ports)])
}

function sourceGuard(ports: readonly PlanPort[]): NftObject[] {
  const own = ports.map(port => ({ concat: [portName(port.id), port.address] }))
  const source = { concat: [IIFNAME, { payload: { protocol: 'ip', field: 'saddr' } }] }
  return [
    { set: { ...FILTER_TABLE, name: 'nics', type: 'ifname', elem: ports.map(port => portName(port.id)) } },
    { set: { ...FILTER_TABLE, name: 'own', type: ['ifname', 'ipv4_addr'], elem: own } },
    chain('c_source', -300),
    {
      rule: {
        ...FILTER_TABLE,
        chain: 'c_source',
        comment: 'spoofed source',
        expr: [
          { match: { op: '==', left: IIFNAME, right: '@nics' } },
          { match: { op: '!=', left: source, right: '@own' } },
          { counter: { packets: 0, bytes: 0 } },
          { drop: null },
        ],
      },
    },
  ]
}

function subnetMarks(tables: readonly PlanTable[], ports: readonly PlanPort[]): NftObject[] {
  const bySubnet = new Map(
    tables.flatMap(table => (table.ingress.kind === 'subnet' ? [[table.ingress.subnet, tableNumber(table.id)]] : [])),
  )
  const marks = ports.flatMap(port => {
    const mark = bySubnet.get(port.subnet)
    return mark === undefined ? [] : [[portName(port.id), mark]]
  })
  if (marks.length === 0) return []
  const mark = { map: { key: IIFNAME, data: '@subnet' } }
  return [
    { map: { ...FILTER_TABLE, name: 'subnet', type: 'ifname', map: 'mark', elem: marks } },
    chain('c_subnet', -150),
    {
      rule: {
        ...FILTER_TABLE,
        chain: 'c_subnet',
        expr: [{ mangle: { key: { meta: { key: 'mark' } }, value: mark } }],
      },
    },
  ]
}

function chain(name: string, prio: number): NftObject {
  return { chain: { ...FILTER_TABLE, name, type: 'filter', hook: 'prerouting', prio, policy: 'accept' } }
}

/**
 * One string for one meaning: keys sorted, definitions before rules and sorted, elements sorted, counters at zero,
 * the kernel's handles left out.
 */
export function canonicalFilter(objects: readonly NftObject[]): string {
  const lines = objects.map(object => JSON.stringify(canonical(object)))
  const isRule = (line: string) => line.startsWith('{"rule"')
  return [...lines.filter(line => !isRule(line)).toSorted(), ...lines.filter(isRule)].join('\n')
}

/** What `nft -j -f -` reads to make the table so, whatever it was, in one transaction; '' removes it. */
export function filterCommands(filter: string): string {
  const table = { table: { family: FILTER_TABLE.family, name: FILTER_TABLE.table } }
  const objects = filter === '' ? [] : filter.split('\n').map((line): unknown => JSON.parse(line))
  // Deleting what is not there fails, so the table is made first.
  const remade = [{ add: table }, { delete: table }, ...(filter === '' ? [] : [{ add: table }])]
  return JSON.stringify({ nftables: [...remade, ...objects.map(object => ({ add: object }))] })
}

/** The table in the answer of `nft -j list table`. */
export function observedFilter(answer: unknown): string {
  const listed = (answer as { nftables?: NftObject[] }).nftables ?? []
  return canonicalFilter(listed.filter(object => !('metainfo' in object) && !('table' in object)))
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).filter(([key]) => key !== 'handle')
  return Object.fromEntries(
    entries
      .map(([key, inner]): [string, unknown] => {
        if (key === 'counter') return [key, { bytes: 0, packets: 0 }]
        if (key === 'elem' && Array.isArray(inner)) return [key, sortedElements(inner)]
        return [key, canonical(inner)]
      })
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
}

function sortedElements(elements: readonly unknown[]): unknown[] {
  const byText = elements.map(element => ({ element: canonical(element), text: JSON.stringify(element) }))
  return byText.toSorted((a, b) => (a.text < b.text ? -1 : 1)).map(({ element }) => element)
}
