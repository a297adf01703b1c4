/** One subscription an instance. */
import type { FastifyReply } from 'fastify'
import { subscriptionNotFound } from './findings.ts'
import { sendFindings } from './reply.ts'

/** False, and a refusal sent, where a path names another subscription. */
export function knownSubscription(
  { subscriptionId }: { readonly subscriptionId: string },
  id: string,
  reply: FastifyReply,
): boolean {
  if (id.toLowerCase() === subscriptionId.toLowerCase()) return true
  sendFindings(reply, [subscriptionNotFound(`/subscriptions/${id}`, { subscription: id })])
  return false
}
