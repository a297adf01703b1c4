/** Answers that the client gives itself, so that an application sees the same whatever becomes of the members. */
import { CKF_HW_SLOT, CKF_TOKEN_PRESENT, CKR } from '../../base/pkcs11/constants.ts'
import { errorBody, parseResponse, responseBody } from '../../base/pkcs11/message.ts'
import type { Value } from '../../base/pkcs11/value.ts'
import type { ClientSlot } from './config.ts'

const MANUFACTURER = 'hsmnet'

/** Widths that PKCS #11 gives its strings. */
const WIDTH = { description: 64, manufacturer: 32, label: 32, serial: 16 } as const

/** Padded with blanks or cut to the width, as PKCS #11 writes strings. */
export function padded(text: string, width: number): { readonly kind: 's'; readonly text: Buffer } {
  const bytes = Buffer.alloc(width, ' ')
  bytes.write(text.slice(0, width), 'latin1')
  return { kind: 's', text: bytes }
}

export function libraryInfo(): Buffer {
  const version = { kind: 'v', major: 2, minor: 40 } as const
  return responseBody(
    'C_GetInfo',
    version,
    padded(MANUFACTURER, WIDTH.manufacturer),
    { kind: 'u', ulong: 0n },
    padded('HSM groups over the network', WIDTH.manufacturer),
    { kind: 'v', major: 0, minor: 1 },
  )
}

export function slotInfo({ label }: ClientSlot, present: boolean): Buffer {
  const none = { kind: 'v', major: 0, minor: 0 } as const
  return responseBody(
    'C_GetSlotInfo',
    padded(`HSM group ${label}`, WIDTH.description),
    padded(MANUFACTURER, WIDTH.manufacturer),
    { kind: 'u', ulong: CKF_HW_SLOT | (present ? CKF_TOKEN_PRESENT : 0n) },
    none,
    none,
  )
}

/** The member's token under the group's name and serial, which stay when another member takes its place (Luna: HA). */
export function asGroupToken(answer: Buffer, { label, serial }: ClientSlot): Buffer {
  const response = parseResponse(answer, 'C_GetTokenInfo')
  if (!response.ok) return errorBody(CKR.DEVICE_ERROR)
  if (!response.value.values) return answer
  const values = response.value.values
    .with(0, padded(label, WIDTH.label))
    .with(3, padded(serial, WIDTH.serial)) satisfies readonly Value[]
  return responseBody('C_GetTokenInfo', ...values)
}
