/** The bearer token of this instance: made once, kept 0600, compared in constant time. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { writeFileAtomicSync } from '../../base/process/atomic-file.ts'

/** Reads the token of a server directory, or makes it. */
export function instanceToken(directory: string): string {
  const file = path.join(directory, 'token')
  if (!existsSync(file)) writeFileAtomicSync(file, `${randomBytes(32).toString('base64url')}\n`)
  return readFileSync(file, 'utf8').trim()
}

/** Answers why a request is not ours, or null where its Authorization header holds the token. */
export function tokenTrouble(header: string | undefined, token: string): string | null {
  if (header === undefined) return 'The request has no Authorization header.'
  const [scheme, given] = header.split(' ')
  if (scheme?.toLowerCase() !== 'bearer' || given === undefined)
    return "The 'Authorization' header is not a Bearer token."
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(token)) ? null : 'The access token is invalid.'
}
