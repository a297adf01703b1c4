/** The shapes that resource bodies are made of. A value that is wrong is refused here with its place and the reason. */
import { z } from 'zod'
import { parseAddress } from '../../base/net/address.ts'
import { parsePrefix } from '../../base/net/prefix.ts'
import { parseResourceId } from './resource-id.ts'

/** Text checked by a parse function whose reason becomes the issue's message. */
function textOf(parse: (text: string) => { readonly ok: boolean; readonly reason?: string }, code: string) {
  return z.string().superRefine((text, context) => {
    const result = parse(text)
    if (!result.ok) context.addIssue({ code: 'custom', message: `'${text}' ${result.reason}`, params: { code } })
  })
}

/** An IPv4 address, strictly four decimal parts. */
export const ipAddress = textOf(parseAddress, 'InvalidIPAddressFormat')

/** A CIDR prefix without host bits (arm-protocol 4: InvalidAddressPrefixFormat, InvalidCIDRNotation). */
export const addressPrefix = textOf(parsePrefix, 'InvalidAddressPrefixFormat')

/** A reference to another resource: `{id}`. What else a client sends beside it is dropped. */
export const reference = z.object({ id: textOf(parseResourceId, 'LinkedInvalidPropertyId') })

/** As az and Terraform send a cleared reference. */
export const optionalReference = reference.nullish()

/** Landing-zone templates send booleans as text (arm-templates, traps). */
export const bool = z.union([
  z.boolean(),
  z
    .string()
    .regex(/^(true|false)$/i)
    .transform(text => text.toLowerCase() === 'true'),
])

/** `North Europe` is `northeurope`. */
export const location = z.string().transform(text => text.toLowerCase().replaceAll(' ', ''))

/** azure-facts C6.5. */
export const tags = z
  .record(z.string().regex(/^[^<>%&\\?/]{1,512}$/), z.string().max(256))
  .refine(all => Object.keys(all).length <= 50, 'holds more than 50 tags')

/** The top of a resource's body; `id`, `name`, `type` and `etag` come back from clients that GET before they PUT. */
export function bodyOf<P extends z.ZodType<{ readonly [name: string]: unknown }>>(properties: P) {
  return z.object({
    location: location.optional(),
    tags: tags.nullish().transform(value => value ?? undefined),
    sku: z
      .looseObject({ name: z.string().optional() })
      .nullish()
      .transform(value => value ?? undefined),
    zones: z
      .array(z.string())
      .nullish()
      .transform(value => value ?? undefined),
    properties,
  })
}
