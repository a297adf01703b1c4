/**
 * The cheap look at a host: its holder's /proc/PID/net shows links, addresses and routes without entering the
 * namespace and without starting a program. Where this sees a difference, the whole observation follows. Pure.
 */
import { formatAddress } from '../../../base/net/address.ts'
import { formatPrefix, parseAddressInPrefix, prefixOf } from '../../../base/net/prefix.ts'
import type { NamespaceLayout } from './namespace-state.ts'

export interface ProcNet {
  /** /proc/PID/net/dev */
  readonly dev: string
  /** /proc/PID/net/route */
  readonly route: string
  /** /proc/PID/net/fib_trie */
  readonly fibTrie: string
}

/** True when links, addresses and routes are exactly those of the layout. An interface that is down has no routes. */
export function looksRight(layout: NamespaceLayout, seen: ProcNet): boolean {
  const addresses = [...layout.addresses].map(readAddressLine)
  const routes = [
    ...addresses.map(({ device, prefix }) => `${device} ${prefix} 0.0.0.0`),
    ...[...layout.routes].map(line => line.replace(/^default via (\S+) dev (\S+) .*$/, '$2 0.0.0.0/0 $1')),
  ]
  return (
    sameSet([...layout.links.keys()], linkNames(seen.dev)) &&
    sameSet(['127.0.0.1', ...addresses.map(({ address }) => address)], localAddresses(seen.fibTrie)) &&
    sameSet(routes, routeEntries(seen.route))
  )
}

function readAddressLine(line: string): { address: string; prefix: string; device: string } {
  const [withLength = '', , device = ''] = line.split(' ')
  const read = parseAddressInPrefix(withLength)
  if (!read.ok) throw new Error(read.reason)
  const { address, length } = read.value
  return { address: formatAddress(address), prefix: formatPrefix(prefixOf(address, length)), device }
}

function linkNames(dev: string): string[] {
  return [...dev.matchAll(/^ *([^\s:]+):/gm)].map(match => match[1] ?? '')
}

/** Every leaf of the trie that says `/32 host LOCAL`. */
function localAddresses(fibTrie: string): string[] {
  return [...fibTrie.matchAll(/\|-- (\S+)\n +\/32 host LOCAL/g)].map(match => match[1] ?? '')
}

/** `eth0 10.2.0.0/24 0.0.0.0`: interface, prefix, gateway. */
function routeEntries(route: string): string[] {
  return route
    .split('\n')
    .slice(1)
    .filter(line => line.trim() !== '')
    .map(line => {
      const [device = '', destination = '', gateway = '', , , , , mask = ''] = line.split('\t')
      const length = hostOrder(mask).toString(2).replaceAll('0', '').length
      return `${device} ${formatPrefix({ first: hostOrder(destination), length })} ${formatAddress(hostOrder(gateway))}`
    })
}

/** The kernel prints addresses as hex in the order of a little-endian machine's memory. */
function hostOrder(hex: string): number {
  return Number.parseInt((hex.match(/../g) ?? []).toReversed().join(''), 16)
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  const [left, right] = [new Set(a), new Set(b)]
  return left.size === right.size && [...left].every(line => right.has(line))
}
