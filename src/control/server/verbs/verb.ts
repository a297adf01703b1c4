/** What a verb is: a schema of its body, and what it does. */
import type { z } from 'zod'
import type { Finding } from '../../../base/findings/finding.ts'
import { invalidRequestFormat } from '../../../model/findings/request.ts'
import type { ServerContext } from '../http.ts'

/** What a verb answers: a body, or findings that refuse. */
export type VerbAnswer =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly findings: readonly Finding[] }

export type Verb = (context: ServerContext, body: unknown, subject: string) => Promise<VerbAnswer>

/** A verb whose body is read with `schema` first; one that does not fit is refused with its place. */
export function verb<B>(schema: z.ZodType<B>, run: (context: ServerContext, body: B) => Promise<VerbAnswer>): Verb {
  return async (context, given, subject) => {
    const body = schema.safeParse(given ?? {})
    if (body.success) return run(context, body.data)
    const [issue] = body.error.issues
    const place = issue?.path.join('.') || 'the body'
    return { ok: false, findings: [invalidRequestFormat(subject, { place, reason: issue?.message ?? 'is invalid' })] }
  }
}
