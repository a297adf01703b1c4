/** Names of PKCS #11 2.40 that hsmnet itself decides by; what only passes through needs no name here. */

/** Return values (CKR_…). */
export const CKR = {
  OK: 0x0n,
  SLOT_ID_INVALID: 0x3n,
  GENERAL_ERROR: 0x5n,
  ARGUMENTS_BAD: 0x7n,
  NO_EVENT: 0x8n,
  ATTRIBUTE_SENSITIVE: 0x11n,
  ATTRIBUTE_TYPE_INVALID: 0x12n,
  DEVICE_ERROR: 0x30n,
  DEVICE_MEMORY: 0x31n,
  FUNCTION_NOT_SUPPORTED: 0x54n,
  MECHANISM_INVALID: 0x70n,
  PIN_INCORRECT: 0xa0n,
  PIN_LEN_RANGE: 0xa2n,
  PIN_LOCKED: 0xa4n,
  OPERATION_ACTIVE: 0x90n,
  OPERATION_NOT_INITIALIZED: 0x91n,
  SESSION_CLOSED: 0xb0n,
  SESSION_HANDLE_INVALID: 0xb3n,
  SESSION_READ_ONLY: 0xb5n,
  SESSION_EXISTS: 0xb6n,
  SESSION_READ_ONLY_EXISTS: 0xb7n,
  SESSION_READ_WRITE_SO_EXISTS: 0xb8n,
  SIGNATURE_INVALID: 0xc0n,
  TOKEN_NOT_PRESENT: 0xe0n,
  USER_ALREADY_LOGGED_IN: 0x100n,
  USER_NOT_LOGGED_IN: 0x101n,
  USER_PIN_NOT_INITIALIZED: 0x102n,
  USER_TYPE_INVALID: 0x103n,
  USER_ANOTHER_ALREADY_LOGGED_IN: 0x104n,
  BUFFER_TOO_SMALL: 0x150n,
  CRYPTOKI_NOT_INITIALIZED: 0x190n,
  CRYPTOKI_ALREADY_INITIALIZED: 0x191n,
} as const

const CKR_NAMES = new Map<bigint, string>(Object.entries(CKR).map(([name, value]) => [value, `CKR_${name}`]))

/** `CKR_PIN_INCORRECT` for 0xa0; `CKR_0x…` for one without a name here. */
export function ckrName(rv: bigint): string {
  return CKR_NAMES.get(rv) ?? `CKR_0x${rv.toString(16)}`
}

/** User types of C_Login. */
export const CKU = { SO: 0n, USER: 1n, CONTEXT_SPECIFIC: 2n } as const

/** C_OpenSession: read/write, and serial, which must always be set. */
export const CKF_RW_SESSION = 0x2n
export const CKF_SERIAL_SESSION = 0x4n
/** Of a slot. */
export const CKF_TOKEN_PRESENT = 0x1n
export const CKF_HW_SLOT = 0x4n
/** Of a token: C_InitToken has made it one. */
export const CKF_TOKEN_INITIALIZED = 0x400n

export const CKA_TOKEN = 0x1
