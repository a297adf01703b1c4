/** CIDR functions, for IPv4. */
import { formatAddress } from '../../net/address.ts'
import { addressCount, formatPrefix, lastAddress, type Prefix, parsePrefix, prefixOf } from '../../net/prefix.ts'
import { ExpressionError } from '../expression-error.ts'
import type { Json } from '../json.ts'
import { type Family, fn, integer, text } from './function.ts'

export const cidrFunctions: Family = {
  parseCidr: fn(1, 1, args => {
    const network = prefix(args)
    return {
      network: formatAddress(network.first),
      netmask: formatAddress(prefixOf(0xffffffff, network.length).first),
      broadcast: formatAddress(lastAddress(network)),
      firstUsable: formatAddress(firstUsable(network)),
      lastUsable: formatAddress(lastUsable(network)),
      cidr: network.length,
    }
  }),
  cidrSubnet: fn(3, 3, args => {
    const network = prefix(args)
    const length = integer(args, 1)
    const index = integer(args, 2)
    if (length < network.length || length > 32) {
      throw new ExpressionError(`argument 2 must be from ${network.length} to 32`)
    }
    const count = 2 ** (length - network.length)
    if (index < 0 || index >= count) throw new ExpressionError(`argument 3 must be from 0 to ${count - 1}`)
    return formatPrefix({ first: network.first + index * 2 ** (32 - length), length })
  }),
  cidrHost: fn(2, 2, args => {
    const network = prefix(args)
    const address = firstUsable(network) + integer(args, 1)
    if (address < firstUsable(network) || address > lastUsable(network)) {
      throw new ExpressionError('argument 2 is past the last usable address')
    }
    return formatAddress(address)
  }),
}

function prefix(args: readonly Json[]): Prefix {
  const read = parsePrefix(text(args, 0))
  if (!read.ok) throw new ExpressionError('argument 1 must be an IPv4 network in CIDR notation')
  return read.value
}

/** Networks of one and two addresses have no network and broadcast address (RFC 3021). */
function firstUsable(network: Prefix): number {
  return addressCount(network) > 2 ? network.first + 1 : network.first
}

function lastUsable(network: Prefix): number {
  return addressCount(network) > 2 ? lastAddress(network) - 1 : lastAddress(network)
}
