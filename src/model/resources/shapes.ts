/** The shapes that resource bodies are made of. A value that is wrong is refused here with its place and the reason. */
import { z } from 'zod'
import { parseAddress } from '../../base/net/address.ts'
import { parsePrefix } from '../../base/net/prefix.ts'
import { parseResourceId } from './resource-id.ts'
import { NETWORK_NAME } from './resource-type.ts'

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

/**
 * An ip configuration of a NIC or a gateway. What a view adds to it is dropped, and a Dynamic one's address too, so that
 * a body that was read and is sent back says the same as before.
 */
export const ipConfiguration = z
  .looseObject({
    name: z.string().regex(NETWORK_NAME.pattern, NETWORK_NAME.words).default('default'),
    properties: z.looseObject({
      // az sends the whole subnet beside its id; only the id counts (arm-protocol 1.4).
      subnet: reference,
      privateIPAddress: ipAddress.nullish(),
      privateIPAllocationMethod: z.enum(['Dynamic', 'Static']).default('Dynamic'),
      privateIPAddressVersion: z.literal('IPv4').default('IPv4'),
      primary: bool.default(true),
      publicIPAddress: optionalReference,
    }),
  })
  .transform(({ name, properties: { provisioningState: _state, privateIPAddress, ...properties } }) => ({
    name,
    properties: {
      ...properties,
      ...(properties.privateIPAllocationMethod === 'Static' ? { privateIPAddress } : {}),
    },
  }))
