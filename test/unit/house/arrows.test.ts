/** The house: a room imports only from the rooms that its row in src/arrows.json names, and no two rooms from each other. */
import assert from 'node:assert/strict'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'

const src = path.join(import.meta.dirname, '..', '..', '..', 'src')
const arrows: { readonly [room: string]: readonly string[] } = JSON.parse(
  readFileSync(path.join(src, 'arrows.json'), 'utf8'),
)
const rooms = Object.keys(arrows)

function roomOf(file: string): string | undefined {
  const place = path.relative(src, file).replace(/\.ts$/, '')
  return rooms.find(room => place === room || place.startsWith(`${room}/`))
}

function imports(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)]
  return found.map(match => path.resolve(path.dirname(file), match[1] ?? ''))
}

const files = globSync('**/*.ts', { cwd: src }).map(file => path.join(src, file))

test('every file is in a room', () => {
  assert.deepEqual(
    files.filter(file => roomOf(file) === undefined),
    [],
  )
})

test('every import goes along an arrow', () => {
  const wrong: string[] = []
  for (const file of files) {
    const room = roomOf(file)
    if (room === undefined) continue
    for (const target of imports(file)) {
      const other = roomOf(target)
      const allowed = (arrows[room] ?? []).some(name => other === name || other?.startsWith(`${name}/`))
      if (other !== room && !allowed) wrong.push(`${path.relative(src, file)} -> ${path.relative(src, target)}`)
    }
  }
  assert.deepEqual(wrong, [])
})

test('every arrow is used', () => {
  const used = new Set<string>()
  for (const file of files) for (const target of imports(file)) used.add(`${roomOf(file)} ${roomOf(target)}`)
  const unused = Object.entries(arrows).flatMap(([room, allowed]) =>
    allowed
      .filter(name => ![...used].some(pair => pair === `${room} ${name}` || pair.startsWith(`${room} ${name}/`)))
      .map(name => `${room} -> ${name}`),
  )
  assert.deepEqual(unused, [])
})

test('no circle of rooms', () => {
  const reaches = (from: string, to: string, seen: ReadonlySet<string> = new Set()): boolean =>
    rooms
      .filter(room => room !== from && (arrows[from] ?? []).some(name => room === name || room.startsWith(`${name}/`)))
      .some(next => next === to || (!seen.has(next) && reaches(next, to, new Set([...seen, next]))))
  assert.deepEqual(
    rooms.filter(room => reaches(room, room)),
    [],
  )
})

test('docs/architecture.md prints the table', () => {
  const page = path.join(src, '..', 'docs', 'architecture.md')
  const printed = `<!-- arrows -->\n| room | may import from |\n|--|--|\n${Object.entries(arrows)
    .map(([room, allowed]) => `| ${room} | ${allowed.join(', ') || '-'} |`)
    .join('\n')}\n<!-- /arrows -->`
  const text = readFileSync(page, 'utf8')
  const updated = text.replace(/<!-- arrows -->[\s\S]*<!-- \/arrows -->/, printed)
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(page, updated)
  assert.equal(text, updated, 'UPDATE_GOLDEN=1 writes it anew')
})
