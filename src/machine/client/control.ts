/** What can be asked of a client over its control socket, by whoever may enter its directory. */
import { z } from 'zod'
import type { Parsed } from '../../base/findings/parsed.ts'
import { controlError } from '../../base/process/control-socket.ts'
import type { Client } from './client.ts'

const hsm = z.string().min(1).max(600)

const requestSchema = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('status') }),
  /** The certificate that devices register this host by. */
  z.strictObject({ op: z.literal('identity') }),
  /** Pins the certificate that the HSM must show; durable when answered. */
  z.strictObject({ op: z.literal('trust'), hsm, certificate: z.string() }),
  z.strictObject({ op: z.literal('untrust'), hsm }),
  /** `config.json` has changed. */
  z.strictObject({ op: z.literal('reload') }),
  /** Makes the token of a partition that was assigned to this host. */
  z.strictObject({
    op: z.literal('initPartition'),
    hsm,
    label: z.string().min(1).max(32),
    soPin: z.string().min(4).max(255),
    coPin: z.string().min(4).max(255),
  }),
])

export type ClientRequest = z.infer<typeof requestSchema>

/** Answers one request; the answer of one that is refused is `{error: {code, message}}`, and holds nothing secret. */
export async function answerControl(client: Client, request: unknown): Promise<unknown> {
  const parsed = requestSchema.safeParse(request)
  if (!parsed.success) return controlError('InvalidRequest', z.prettifyError(parsed.error))
  switch (parsed.data.op) {
    case 'status':
      return client.state()
    case 'identity':
      return { certificate: client.identity.certificate }
    case 'trust':
      return outcome('InvalidCertificate', client.trust(parsed.data.hsm, parsed.data.certificate))
    case 'untrust':
      client.untrust(parsed.data.hsm)
      return { ok: true }
    case 'reload':
      return outcome('InvalidConfiguration', client.reload())
    case 'initPartition': {
      const { hsm, label, soPin, coPin } = parsed.data
      return outcome('PartitionNotInitialized', await client.initialisePartition(hsm, { label, soPin, coPin }))
    }
  }
}

function outcome(code: string, result: Parsed<null>): unknown {
  return result.ok ? { ok: true } : controlError(code, result.reason)
}
