/** Which role's PIN a call tries, so that it can be counted before it is tried (azure-facts A10.9, A10.11). */
import { CKR, CKU } from '../../../base/pkcs11/constants.ts'
import { type Request, ulongAt } from '../../../base/pkcs11/message.ts'
import type { Role } from '../token/token.ts'

/** Null for a call that tries none. `loggedIn` is the role of this connection, which C_SetPIN means. */
export function pinTriedBy({ call, values }: Request, loggedIn: Role | null): Role | null {
  switch (call.name) {
    case 'C_InitToken':
      return 'so'
    case 'C_SetPIN':
      return loggedIn ?? 'co'
    case 'C_Login':
      switch (ulongAt(values, 1)) {
        case CKU.SO:
          return 'so'
        case CKU.USER:
          return 'co'
        case CKU.CONTEXT_SPECIFIC:
          return loggedIn ?? 'co'
        default:
          return null
      }
    default:
      return null
  }
}

/**
 * Refusals that came before the PIN was looked at. Any other failure counts as a wrong PIN. SoftHSM looks at the length
 * of a new PIN first, and never at that of the one that is tried.
 */
const NOT_TRIED: ReadonlySet<bigint> = new Set([
  CKR.ARGUMENTS_BAD,
  CKR.SLOT_ID_INVALID,
  CKR.PIN_LEN_RANGE,
  CKR.OPERATION_NOT_INITIALIZED,
  CKR.SESSION_CLOSED,
  CKR.SESSION_HANDLE_INVALID,
  CKR.SESSION_READ_ONLY,
  CKR.SESSION_EXISTS,
  CKR.SESSION_READ_ONLY_EXISTS,
  CKR.SESSION_READ_WRITE_SO_EXISTS,
  CKR.USER_ALREADY_LOGGED_IN,
  CKR.USER_PIN_NOT_INITIALIZED,
  CKR.USER_TYPE_INVALID,
  CKR.USER_ANOTHER_ALREADY_LOGGED_IN,
])

export type Trial = 'right' | 'wrong' | 'not tried'

export function trialOf(rv: bigint): Trial {
  if (rv === CKR.OK) return 'right'
  return NOT_TRIED.has(rv) ? 'not tried' : 'wrong'
}
