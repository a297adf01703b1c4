/** .NET's date formats, in UTC and the invariant culture, and the texts that dates are read from. */
import { ExpressionError } from '../expression-error.ts'

/** What .NET's one-letter formats stand for. */
const STANDARD: ReadonlyMap<string, string> = new Map([
  ['d', 'MM/dd/yyyy'],
  ['D', 'dddd, dd MMMM yyyy'],
  ['f', 'dddd, dd MMMM yyyy HH:mm'],
  ['F', 'dddd, dd MMMM yyyy HH:mm:ss'],
  ['g', 'MM/dd/yyyy HH:mm'],
  ['G', 'MM/dd/yyyy HH:mm:ss'],
  ['m', 'MMMM dd'],
  ['M', 'MMMM dd'],
  ['o', "yyyy-MM-dd'T'HH:mm:ss.fffffffK"],
  ['O', "yyyy-MM-dd'T'HH:mm:ss.fffffffK"],
  ['r', "ddd, dd MMM yyyy HH:mm:ss 'GMT'"],
  ['R', "ddd, dd MMM yyyy HH:mm:ss 'GMT'"],
  ['s', "yyyy-MM-dd'T'HH:mm:ss"],
  ['t', 'HH:mm'],
  ['T', 'HH:mm:ss'],
  ['u', "yyyy-MM-dd HH:mm:ss'Z'"],
  ['U', 'dddd, dd MMMM yyyy HH:mm:ss'],
  ['y', 'yyyy MMMM'],
  ['Y', 'yyyy MMMM'],
])

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** A field letter repeated, a quoted text, an escaped character, or any other character. */
const TOKEN = /([dfFhHmMstyz])\1*|K|'[^']*'|"[^"]*"|\\.|%|./gs

/** Writes a moment as .NET's DateTime.ToString does. */
export function formatDate(date: Date, format: string): string {
  const pattern = format.length === 1 ? STANDARD.get(format) : format
  if (pattern === undefined) throw new ExpressionError('its format is not one of the standard date formats')
  return pattern.replace(TOKEN, token => written(date, token))
}

function written(date: Date, token: string): string {
  const digits = (value: number) => String(value).padStart(Math.min(token.length, 2), '0')
  switch (token[0]) {
    case 'y':
      return token.length <= 2
        ? digits(date.getUTCFullYear() % 100)
        : String(date.getUTCFullYear()).padStart(token.length, '0')
    case 'M':
      return token.length <= 2 ? digits(date.getUTCMonth() + 1) : named(MONTHS, date.getUTCMonth(), token)
    case 'd':
      return token.length <= 2 ? digits(date.getUTCDate()) : named(DAYS, date.getUTCDay(), token)
    case 'H':
      return digits(date.getUTCHours())
    case 'h':
      return digits(date.getUTCHours() % 12 || 12)
    case 'm':
      return digits(date.getUTCMinutes())
    case 's':
      return digits(date.getUTCSeconds())
    case 'f':
      return fraction(date).slice(0, token.length)
    case 'F':
      return fraction(date).slice(0, token.length).replace(/0+$/, '')
    case 't':
      return (date.getUTCHours() < 12 ? 'AM' : 'PM').slice(0, token.length)
    case 'z':
      return ['+0', '+00', '+00:00'][token.length - 1] ?? '+00:00'
    case 'K':
      return 'Z'
    case '%':
      return ''
    case "'":
    case '"':
      return token.length > 1 ? token.slice(1, -1) : token
    case '\\':
      return token.slice(1)
    default:
      return token
  }
}

/** .NET counts ticks of 100 ns. */
function fraction(date: Date): string {
  return String(date.getUTCMilliseconds()).padStart(3, '0').padEnd(7, '0')
}

function named(names: readonly string[], index: number, token: string): string {
  const name = names[index] ?? ''
  return token.length === 3 ? name.slice(0, 3) : name
}

const ISO = /^(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d)(?:\.(\d{1,9}))?)?)?\s*(Z|[+-]\d\d:?\d\d)?$/
const AMERICAN = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?: (\d{1,2}):(\d\d)(?::(\d\d))?(?: ([AP])M)?)?$/

/** Reads ISO 8601, extended or basic, and what `formatDate` writes for d, g, G and u. No offset means UTC. */
export function parseDate(text: string): Date | undefined {
  const iso = ISO.exec(text)
  if (iso) {
    const [, year, month, day, hour = '0', minute = '0', second = '0', part = '', zone = 'Z'] = iso
    return moment([year, month, day, hour, minute, second].map(Number), Number(`0.${part || 0}`) * 1000, zone)
  }
  const american = AMERICAN.exec(text)
  if (!american) return undefined
  const [, month, day, year, hour = '0', minute = '0', second = '0', half] = american
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half === 'P' ? 12 : 0)
  return moment([Number(year), Number(month), Number(day), hours, Number(minute), Number(second)], 0, 'Z')
}

/** Undefined where a field is out of its range, which Date would carry over into the next. */
function moment(fields: readonly number[], milliseconds: number, zone: string): Date | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields
  const local = new Date(Date.UTC(year, month - 1, day, hour, minute, second, milliseconds))
  const carried = local.getUTCMonth() !== month - 1 || local.getUTCDate() !== day || hour > 23 || minute > 59
  if (carried || second > 59) return undefined
  if (zone === 'Z') return local
  const offset = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))
  return new Date(local.getTime() - (zone.startsWith('-') ? -offset : offset) * 60_000)
}
