/** Asks the server where a host is. */
import { z } from 'zod'
import { type HostPlace, hostPlaceSchema } from '../machine/agent/protocol.ts'
import type { ArmClient } from './arm-client.ts'

const answer = z.object({ id: z.string(), address: z.string().nullable(), place: hostPlaceSchema })

export interface FoundHost {
  readonly id: string
  /** Of its network interface. */
  readonly address: string | null
  readonly place: HostPlace
}

export async function findHost(client: ArmClient, host: string): Promise<FoundHost> {
  return answer.parse(await client.verb('host', { host }))
}
