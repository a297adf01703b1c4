/**
 * Initialises a partition that was assigned to this client, as Luna's `partition init` does over NTLS: its officer, then
 * the crypto officer that applications log in as.
 */

import { type Parsed, parsed, unparsed } from '../../base/findings/parsed.ts'
import type { CallName } from '../../base/pkcs11/calls.ts'
import {
  CKF_RW_SESSION,
  CKF_SERIAL_SESSION,
  CKF_TOKEN_INITIALIZED,
  CKR,
  CKU,
  ckrName,
} from '../../base/pkcs11/constants.ts'
import { parseResponse, requestBody, ulongAt } from '../../base/pkcs11/message.ts'
import type { Value } from '../../base/pkcs11/value.ts'
import type { Upstream } from './upstream.ts'

export interface PartitionSecrets {
  /** 1 to 32 characters. */
  readonly label: string
  readonly soPin: string
  readonly coPin: string
}

/** Not ok, with the CKR: what was refused. A partition that is initialised already is left as it is. */
export async function setUpPartition(
  upstream: Upstream,
  { label, soPin, coPin }: PartitionSecrets,
): Promise<Parsed<null>> {
  const slot = ulong(0n)
  const info = await ask(upstream, 'C_GetTokenInfo', slot)
  if (!info.ok) return info
  if ((ulongAt(info.value, 4) & CKF_TOKEN_INITIALIZED) !== 0n) return unparsed('the partition is initialized already')

  const made = await ask(upstream, 'C_InitToken', slot, pin(soPin), { kind: 'z', text: Buffer.from(label.padEnd(32)) })
  if (!made.ok) return made
  const opened = await ask(upstream, 'C_OpenSession', slot, ulong(CKF_RW_SESSION | CKF_SERIAL_SESSION))
  if (!opened.ok) return opened
  const session = ulong(ulongAt(opened.value, 0))
  const steps: readonly [CallName, ...Value[]][] = [
    ['C_Login', session, ulong(CKU.SO), pin(soPin)],
    ['C_InitPIN', session, pin(coPin)],
    ['C_Logout', session],
    ['C_CloseSession', session],
  ]
  for (const [name, ...values] of steps) {
    const answer = await ask(upstream, name, ...values)
    if (!answer.ok) return answer
  }
  return parsed(null)
}

async function ask(upstream: Upstream, name: CallName, ...values: readonly Value[]): Promise<Parsed<readonly Value[]>> {
  const response = parseResponse(await upstream.call(requestBody(name, ...values)), name)
  if (!response.ok) return response
  const { rv, values: answer } = response.value
  return rv === CKR.OK && answer ? parsed(answer) : unparsed(`${name}: ${ckrName(rv)}`)
}

function ulong(value: bigint): Value {
  return { kind: 'u', ulong: value }
}

function pin(text: string): Value {
  const bytes = Buffer.from(text)
  return { kind: 'ay', bytes, length: bytes.length }
}
