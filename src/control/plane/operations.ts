/** Long-running operations: what a client polls after a PUT or DELETE. Kept in the store, so a poll survives the server. */
import { z } from 'zod'

const operation = z.strictObject({
  id: z.string(),
  kind: z.enum(['put', 'delete']),
  /** The resource's id as written, and its type. */
  resource: z.string(),
  type: z.string(),
  /** The plan revision that does it. */
  revision: z.int(),
  /** Of a delete: the elements that must be seen to be gone. */
  elements: z.array(z.string()),
  startedAt: z.string(),
})

export const operationSchema = operation
export type Operation = Readonly<z.infer<typeof operation>>

/** Azure keeps operations for a day at the least; so do we. */
export const OPERATION_LIFETIME_MILLISECONDS = 24 * 3600 * 1000

export type OperationState =
  | { readonly status: 'InProgress' }
  | { readonly status: 'Succeeded' }
  | { readonly status: 'Canceled' }
  | { readonly status: 'Failed'; readonly message: string }
