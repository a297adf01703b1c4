/**
 * What the appliance makes of each call: how it treats the token's files, whether its first value is a slot, and whether
 * a PIN is tried. One row a call that is anything but an ordinary one.
 */
import type { Attribute } from '../../../base/pkcs11/attribute.ts'
import type { CallName } from '../../../base/pkcs11/calls.ts'
import { CKA_TOKEN } from '../../../base/pkcs11/constants.ts'
import type { Request } from '../../../base/pkcs11/message.ts'
import type { Treatment } from '../token/token.ts'

const ORDINARY: Treatment = { lock: 'shared', writes: 'nothing' }
const CREATES: Treatment = { lock: 'writer', writes: 'new objects' }
/**
 * Also rewrites token.object, whose flags remember that a PIN was wrong. It is not synced: its PINs stay as they are,
 * so a torn one is mended from the snapshot, and a login stays fast.
 */
const ALONE: Treatment = { lock: 'exclusive', writes: 'nothing' }
const CHANGES_PINS: Treatment = { lock: 'exclusive', writes: 'token' }

const TREATMENTS: Partial<Record<CallName, Treatment>> = {
  C_Initialize: ALONE,
  C_Finalize: ALONE,
  C_InitToken: CHANGES_PINS,
  C_InitPIN: CHANGES_PINS,
  C_SetPIN: CHANGES_PINS,
  C_Login: ALONE,
  C_Logout: ALONE,
  C_CreateObject: CREATES,
  C_CopyObject: CREATES,
  C_DestroyObject: { lock: 'writer', writes: 'new objects' },
  C_SetAttributeValue: { lock: 'writer', writes: 'any object' },
  C_GenerateKey: CREATES,
  C_GenerateKeyPair: CREATES,
  C_UnwrapKey: CREATES,
  C_DeriveKey: CREATES,
}

/** Calls whose templates say by themselves whether the object goes into the token. C_CopyObject's may leave it open. */
const SELF_CONTAINED: ReadonlySet<CallName> = new Set([
  'C_CreateObject',
  'C_GenerateKey',
  'C_GenerateKeyPair',
  'C_UnwrapKey',
  'C_DeriveKey',
])

const TAKES_SLOT: ReadonlySet<CallName> = new Set([
  'C_GetSlotInfo',
  'C_GetTokenInfo',
  'C_GetMechanismList',
  'C_GetMechanismInfo',
  'C_InitToken',
  'C_OpenSession',
  'C_CloseAllSessions',
])

/** Session objects live in the process alone, so making one, as in a key agreement, waits for nobody. */
export function treatmentOf({ call, values }: Request): Treatment {
  if (SELF_CONTAINED.has(call.name)) {
    const templates = values.flatMap(value => (value.kind === 'aA' ? value.attributes : []))
    if (!templates.some(putsIntoToken)) return ORDINARY
  }
  return TREATMENTS[call.name] ?? ORDINARY
}

/** True for calls whose first value is a slot id. */
export function takesSlot(name: CallName): boolean {
  return TAKES_SLOT.has(name)
}

function putsIntoToken({ type, content }: Attribute): boolean {
  return type === CKA_TOKEN && content?.data.class === 'byte' && content.data.value !== 0
}
