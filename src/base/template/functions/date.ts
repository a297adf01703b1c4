/** Date functions. */
import type { Environment } from '../environment.ts'
import { ExpressionError } from '../expression-error.ts'
import type { Json } from '../json.ts'
import { formatDate, parseDate } from './date-format.ts'
import { type Family, fn, integer, optional, text } from './function.ts'

const ISO = "yyyy-MM-dd'T'HH:mm:ss'Z'"
/** The furthest a JavaScript date goes, less a margin; four-digit years end long before. */
const MAX_EPOCH_SECONDS = 253_402_300_799

export const dateFunctions: Family = {
  utcNow: fn(0, 1, (args, env) => utcNow(optional(args, 0, text), env)),
  dateTimeAdd: fn(2, 3, args => add(text(args, 0), text(args, 1), optional(args, 2, text))),
  dateTimeToEpoch: fn(1, 1, args => Math.floor(dateOf(args).getTime() / 1000)),
  dateTimeFromEpoch: fn(1, 1, args => {
    const seconds = integer(args, 0)
    if (Math.abs(seconds) > MAX_EPOCH_SECONDS) throw new ExpressionError('argument 1 is past the year 9999')
    return formatDate(new Date(seconds * 1000), ISO)
  }),
}

function utcNow(format: string | undefined, env: Environment): Json {
  if (!env.inDefault) throw new ExpressionError('it can be used only in the default value of a parameter')
  return formatDate(env.facts.now, format ?? 'yyyyMMddTHHmmssZ')
}

function dateOf(args: readonly Json[]): Date {
  const date = parseDate(text(args, 0))
  if (date === undefined) throw new ExpressionError('argument 1 is not an ISO 8601 date')
  return date
}

/**
 * The documented rule is "if not provided, the format of the base value is used", and the documented result for a base
 * written with `utcNow('u')` is `4/7/2023 2:53:14 PM`. So: ISO 8601 with a T stays so, anything else becomes that.
 */
function add(base: string, duration: string, format: string | undefined): string {
  const moved = addDuration(dateOf([base]), duration)
  const kept = /^\d{4}-\d\d-\d\dT/.test(base) ? ISO : 'M/d/yyyy h:mm:ss tt'
  return formatDate(moved, format ?? kept)
}

const DURATION =
  /^(-)?P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/

/** Adds an ISO 8601 duration: years and months by the calendar, the rest as time. */
function addDuration(base: Date, duration: string): Date {
  const fields = DURATION.exec(duration)
  if (!fields) throw new ExpressionError('argument 2 is not an ISO 8601 duration such as P3D or -PT1H')
  const sign = fields[1] === '-' ? -1 : 1
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = fields
    .slice(2)
    .map(field => sign * Number(field ?? 0))
  const moved = addMonths(base, years * 12 + months)
  moved.setTime(moved.getTime() + ((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000)
  const year = moved.getUTCFullYear()
  if (!(year >= 1 && year <= 9999)) throw new ExpressionError('its result is not in the years 1 to 9999')
  return moved
}

/** Keeps the day of the month where that month has it, else takes the month's last. */
function addMonths(base: Date, months: number): Date {
  const moved = new Date(base)
  moved.setUTCDate(1)
  moved.setUTCMonth(moved.getUTCMonth() + months)
  const daysInMonth = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate()
  moved.setUTCDate(Math.min(base.getUTCDate(), daysInMonth))
  return moved
}
