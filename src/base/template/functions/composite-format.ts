/**
 * .NET's composite formatting, which `format` uses: `{index,width:format}` with doubled braces for braces, in the
 * invariant culture. Number formats D, F, N, G, X, P and zero patterns are written here; others are refused by name.
 */
import type { Budget } from '../budget.ts'
import { ExpressionError } from '../expression-error.ts'
import type { Json } from '../json.ts'
import { inlineTextOf } from './text.ts'

const ITEM = /\{\{|\}\}|\{(\d{1,4})(?:,\s*(-?\d{1,7})\s*)?(?::([^{}]*))?\}|[{}]/g
const MAX_DIGITS = 99

/** Fills `template` with `values`, counted from `{0}`. */
export function compositeFormat(template: string, values: readonly Json[], budget: Budget): string {
  return template.replace(ITEM, (item, index?: string, width?: string, spec?: string) => {
    if (item === '{{' || item === '}}') return item.slice(1)
    if (index === undefined) throw new ExpressionError('its format has a brace that is not closed, or not doubled')
    const value = values[Number(index)]
    if (value === undefined) throw new ExpressionError(`its format names {${index}} and there is no such argument`)
    const written = typeof value === 'number' && spec ? formatNumber(value, spec) : inlineTextOf(value)
    const columns = Number(width ?? 0)
    budget.make(Math.max(written.length, Math.abs(columns)))
    return columns < 0 ? written.padEnd(-columns) : written.padStart(columns)
  })
}

function formatNumber(value: number, spec: string): string {
  const standard = /^([A-Za-z])(\d{0,2})$/.exec(spec)
  if (standard) return standardNumber(value, standard[1] ?? '', standard[2] ? Number(standard[2]) : undefined, spec)
  if (!/^0{1,99}(?:\.0{1,15})?$/.test(spec)) throw unsupported(spec)
  const decimals = spec.includes('.') ? spec.length - spec.indexOf('.') - 1 : 0
  return padded(value.toFixed(decimals), spec.length)
}

function standardNumber(value: number, letter: string, digits: number | undefined, spec: string): string {
  switch (letter.toUpperCase()) {
    case 'D':
      if (!Number.isInteger(value)) throw new ExpressionError('format D is for integers')
      return padded(value.toString(), digits ?? 0)
    case 'F':
      return value.toFixed(digits ?? 2)
    case 'N':
      return grouped(value, digits ?? 2)
    case 'P':
      return `${grouped(value * 100, digits ?? 2)} %`
    case 'G':
    case 'R':
      return digits ? String(Number(value.toPrecision(digits))) : String(value)
    case 'X': {
      if (!Number.isInteger(value)) throw new ExpressionError('format X is for integers')
      const hex = (value < 0 ? BigInt.asUintN(64, BigInt(value)) : value).toString(16).padStart(digits ?? 0, '0')
      return letter === 'X' ? hex.toUpperCase() : hex
    }
    default:
      throw unsupported(spec)
  }
}

function grouped(value: number, digits: number): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** Zeros before the digits, after the sign. */
function padded(number: string, length: number): string {
  const width = Math.min(length, MAX_DIGITS)
  return number.startsWith('-') ? `-${number.slice(1).padStart(width, '0')}` : number.padStart(width, '0')
}

function unsupported(spec: string): ExpressionError {
  return new ExpressionError(
    `the number format '${spec.slice(0, 20)}' is not supported; D, F, G, N, P, X and zeros are`,
  )
}
