/**
 * Seals secrets at rest: AES-256-GCM under a key in a file of its own (0600), so that a copy of the database alone
 * gives nothing away.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { writeFileAtomicSync } from '../process/atomic-file.ts'

const KEY_LENGTH = 32
/** NIST SP 800-38D 8.2.2: a random 96-bit nonce serves up to 2^32 seals under one key. */
const NONCE_LENGTH = 12
const TAG_LENGTH = 16
/** First byte of what is sealed; another form would be another number. */
const FORM = 1

export interface Sealer {
  /** `context` is bound to the secret: it opens only with the same one, so a row cannot be moved to another's place. */
  seal(secret: string | Uint8Array, context: string): Buffer
  /** Null for what this key did not seal in this context, or what was changed since. */
  open(sealed: Uint8Array, context: string): Buffer | null
}

/** Makes the key file where it is missing. Throws where it is there and is not a key: never silently a new one. */
export function openSealer(keyFile: string): Sealer {
  if (!existsSync(keyFile)) writeFileAtomicSync(keyFile, `${randomBytes(KEY_LENGTH).toString('hex')}\n`)
  const key = Buffer.from(readFileSync(keyFile, 'utf8').trim(), 'hex')
  if (key.length !== KEY_LENGTH) throw new Error(`${keyFile} does not hold a key of ${KEY_LENGTH} bytes`)
  return {
    seal: (secret, context) => seal(key, Buffer.from(secret), context),
    open: (sealed, context) => open(key, Buffer.from(sealed), context),
  }
}

function seal(key: Buffer, secret: Buffer, context: string): Buffer {
  const nonce = randomBytes(NONCE_LENGTH)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_LENGTH })
  cipher.setAAD(Buffer.from(context))
  const body = Buffer.concat([cipher.update(secret), cipher.final()])
  return Buffer.concat([Buffer.of(FORM), nonce, cipher.getAuthTag(), body])
}

function open(key: Buffer, sealed: Buffer, context: string): Buffer | null {
  const body = 1 + NONCE_LENGTH + TAG_LENGTH
  if (sealed.length < body || sealed[0] !== FORM) return null
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + NONCE_LENGTH), {
    authTagLength: TAG_LENGTH,
  })
  decipher.setAAD(Buffer.from(context))
  decipher.setAuthTag(sealed.subarray(1 + NONCE_LENGTH, body))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(body)), decipher.final()])
  } catch {
    return null
  }
}
