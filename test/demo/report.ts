/** The demo's spoken part: sections, checks, and the last line. */

let passed = 0
let failed = 0
const started = performance.now()

export function section(title: string): void {
  console.log(`\n── ${title} ${'─'.repeat(Math.max(2, 74 - title.length))} ${seconds(started)} s`)
}

export function check(what: string, good: boolean, detail = ''): void {
  if (good) passed++
  else failed++
  console.log(`${good ? 'ok  ' : 'FAIL'}  ${what}${detail === '' ? '' : `  ${detail}`}`)
}

export function show(text: string): void {
  for (const line of text.trimEnd().split('\n')) console.log(`      ${line}`)
}

/** Prints the last line and answers the exit code. */
export function finish(): number {
  console.log(`\n${passed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

export function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(2)
}
