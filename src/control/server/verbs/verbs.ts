/** Our own verbs: POST /subscriptions/{id}/providers/Hsmnet.Local/{verb}, one file each (design, command line). */
import type { FastifyInstance } from 'fastify'
import type { ServerContext } from '../http.ts'
import { sendFindings } from '../reply.ts'
import { downVerb } from './down.ts'
import { hostVerb } from './host.ts'
import { planVerb } from './plan.ts'
import { statusVerb } from './status.ts'
import type { Verb } from './verb.ts'

const verbs: { readonly [name: string]: Verb } = {
  status: statusVerb,
  host: hostVerb,
  plan: planVerb,
  down: downVerb,
}

export function verbRoutes(server: FastifyInstance, context: ServerContext): void {
  for (const [name, run] of Object.entries(verbs)) {
    server.post(`/subscriptions/:s/providers/Hsmnet.Local/${name}`, async (request, reply) => {
      const answer = await run(context, request.body, request.url)
      return answer.ok ? answer.body : sendFindings(reply, answer.findings)
    })
  }
}
