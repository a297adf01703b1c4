/** What the product knows of one resource type: declared once, in the file of that type. */
import type { z } from 'zod'

/** How a client learns that a PUT is done (arm-protocol 3.2, 3.4). */
export type LongRunning =
  /** 201 or 200 with Azure-AsyncOperation. */
  | 'asyncOperation'
  /** 200 or 201; the client polls the resource's provisioningState, as with real dedicatedHSMs. */
  | 'body'

export interface NameRule {
  readonly pattern: RegExp
  /** In words, for the error. */
  readonly words: string
}

/** One subresource list that ARM also accepts inside its parent's properties, such as a VNet's `subnets`. */
export interface InlineChildren {
  readonly property: string
  readonly type: string
}

export interface ResourceType {
  readonly type: string
  readonly name: NameRule
  /** Newest first; newer versions than these are accepted and logged. */
  readonly apiVersions: readonly string[]
  /** Top-level members and `properties`; what is unknown inside is kept as it is and acts on nothing. */
  readonly schema: z.ZodType<ResourceBody>
  /** Properties that a client may send back as it read them, and that we alone decide: dropped on the way in. */
  readonly readOnly: readonly string[]
  readonly longRunning: LongRunning
  readonly located: boolean
  /** Where it is offered, where that is not everywhere. */
  readonly regions?: readonly string[]
  readonly inline?: InlineChildren
  /** What a PUT leaves out stays as it was: of a type of which little can be changed. */
  readonly keepsUnsaid?: true
  /** Set where the type acts on nothing yet: every view and every plan says so. */
  readonly recordedOnly?: string
}

export interface ResourceBody {
  readonly location?: string | undefined
  readonly tags?: { readonly [name: string]: string } | undefined
  readonly sku?: { readonly [name: string]: unknown } | undefined
  readonly zones?: readonly string[] | undefined
  readonly properties: { readonly [name: string]: unknown }
}

/** Most Microsoft.Network names (azure-facts C6.1, C6.2). */
export const NETWORK_NAME: NameRule = {
  pattern: /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,78}[A-Za-z0-9_])?$/,
  words: '1 to 80 letters, digits, "_", "." or "-", beginning with a letter or digit, ending with one or "_"',
}
