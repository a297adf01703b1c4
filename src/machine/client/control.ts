/** What can be asked of a client over its control socket, by whoever may enter its directory. */
import type { Parsed } from '../../base/findings/parsed.ts'
import { controlError } from '../../base/process/control-socket.ts'
import { closed, either, oneOf, parseShape, type ShapeOf, text } from '../../base/shape/shape.ts'
import type { Client } from './client.ts'

const hsm = text(1, 600)
const pin = text(4, 255)

const requestShape = either(
  closed({ op: oneOf('status') }),
  /** The certificate that devices register this host by. */
  closed({ op: oneOf('identity') }),
  /** Pins the certificate that the HSM must show; durable when answered. */
  closed({ op: oneOf('trust'), hsm, certificate: text() }),
  closed({ op: oneOf('untrust'), hsm }),
  /** `config.json` has changed. */
  closed({ op: oneOf('reload') }),
  /** Makes the token of a partition that was assigned to this host. */
  closed({ op: oneOf('initPartition'), hsm, label: text(1, 32), soPin: pin, coPin: pin }),
)

export type ClientRequest = ShapeOf<typeof requestShape>

/** Answers one request; the answer of one that is refused is `{error: {code, message}}`, and holds nothing secret. */
export async function answerControl(client: Client, request: unknown): Promise<unknown> {
  const parsed = parseShape(requestShape, request)
  if (!parsed.ok) return controlError('InvalidRequest', parsed.reason)
  switch (parsed.value.op) {
    case 'status':
      return client.state()
    case 'identity':
      return { certificate: client.identity.certificate }
    case 'trust':
      return outcome('InvalidCertificate', client.trust(parsed.value.hsm, parsed.value.certificate))
    case 'untrust':
      client.untrust(parsed.value.hsm)
      return { ok: true }
    case 'reload':
      return outcome('InvalidConfiguration', client.reload())
    case 'initPartition': {
      const { hsm, label, soPin, coPin } = parsed.value
      return outcome('PartitionNotInitialized', await client.initialisePartition(hsm, { label, soPin, coPin }))
    }
  }
}

function outcome(code: string, result: Parsed<null>): unknown {
  return result.ok ? { ok: true } : controlError(code, result.reason)
}
