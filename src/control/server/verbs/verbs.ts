/** Our own verbs: POST /subscriptions/{id}/providers/Hsmnet.Local/{verb}, one file each (design, command line). */
import type { FastifyInstance } from 'fastify'
import type { Finding } from '../../../base/findings/finding.ts'
import type { ServerContext } from '../http.ts'
import { sendFindings } from '../reply.ts'
import { downVerb } from './down.ts'
import { hostVerb } from './host.ts'
import { planVerb } from './plan.ts'
import { statusVerb } from './status.ts'

/** What a verb answers: a body, or findings that refuse. */
export type VerbAnswer =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly findings: readonly Finding[] }

export type Verb = (context: ServerContext, body: unknown) => Promise<VerbAnswer>

const verbs: { readonly [name: string]: Verb } = {
  status: statusVerb,
  host: hostVerb,
  plan: planVerb,
  down: downVerb,
}

export function verbRoutes(server: FastifyInstance, context: ServerContext): void {
  for (const [name, verb] of Object.entries(verbs)) {
    server.post(`/subscriptions/:s/providers/Hsmnet.Local/${name}`, async (request, reply) => {
      const answer = await verb(context, request.body)
      return answer.ok ? answer.body : sendFindings(reply, answer.findings)
    })
  }
}
