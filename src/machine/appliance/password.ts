/** Passwords of a device: what is allowed, and how they are kept. */
import { type BinaryLike, randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { type Parsed, parsed, unparsed } from '../../base/findings/parsed.ts'
import type { PasswordHash } from './device-record.ts'

/** As delivered (azure-facts A10.6). */
export const DELIVERED_PASSWORD = 'PASSWORD'

const scryptAsync = promisify<BinaryLike, BinaryLike, number, ScryptOptions, Buffer>(scrypt)
const LENGTH = 32
/** 32 MiB and some 60 ms: OWASP's N=2^17 would hold four times that in a process meant to be small. */
const COST = { n: 2 ** 15, r: 8, p: 1 }

/** At least 8 characters of 3 of 4 classes (azure-facts A10.6), and not the delivered one. */
export function checkPassword(password: string): Parsed<string> {
  if (password.length < 8) return unparsed('it has less than 8 characters')
  if (password.length > 255) return unparsed('it has more than 255 characters')
  const classes = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/].filter(one => one.test(password)).length
  if (classes < 3) return unparsed('it needs 3 of: lower case, upper case, digits, other characters')
  return parsed(password)
}

export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(16)
  const hash = await derive(password, salt, COST)
  return { ...COST, salt: salt.toString('hex'), hash: hash.toString('hex') }
}

export async function verifyPassword(password: string, { salt, hash, ...cost }: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await derive(password, Buffer.from(salt, 'hex'), cost), Buffer.from(hash, 'hex'))
}

/** The key of a cloning domain: every device that is given the same words has the same key. */
export async function domainKey(domain: string): Promise<string> {
  return (await derive(domain, Buffer.from('hsmnet cloning domain 1'), COST)).toString('hex')
}

function derive(secret: string, salt: Buffer, { n, r, p }: typeof COST): Promise<Buffer> {
  return scryptAsync(secret.normalize('NFC'), salt, LENGTH, { N: n, r, p, maxmem: 256 * n * r })
}
