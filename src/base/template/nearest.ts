/** "Did you mean": the known name that a mistyped one is nearest to. */
import type { Budget } from './budget.ts'

/** Longer names are not typed by hand, and more of them than a template may declare are not names. */
const MAX_LENGTH = 64
const MAX_KNOWN = 256
/** What comparing two such names costs at most, in units of the budget. */
const WORK = 16

/**
 * `; did you mean 'concat'?`, or nothing where no known name is near. Who asks while a template is evaluated pays from
 * its budget: a failure may be caught, and happen again in each turn of a loop.
 */
export function didYouMean(name: string, known: readonly string[], budget?: Budget): string {
  if (name.length > MAX_LENGTH || known.length > MAX_KNOWN) return ''
  budget?.spend(known.length * WORK)
  const wanted = name.toLowerCase()
  // Two slips in a long name are a typo; in a short one they are another name.
  let best = Math.min(3, Math.ceil(wanted.length / 3) + 1)
  let nearest: string | undefined
  for (const candidate of known) {
    const distance = editDistance(wanted, candidate.toLowerCase(), best)
    if (distance < best) {
      best = distance
      nearest = candidate
    }
  }
  return nearest === undefined ? '' : `; did you mean '${nearest}'?`
}

/** Insertions, deletions and replacements between two texts; `limit` when there are that many or more. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
    if (Math.min(...row) >= limit) return limit
    previous = row
  }
  return Math.min(previous[b.length] ?? limit, limit)
}
