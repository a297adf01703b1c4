import assert from 'node:assert/strict'
import { Duplex } from 'node:stream'
import { test } from 'node:test'
import { Terminal } from '../../../../src/machine/appliance/shell/terminal.ts'

/** The person's end of a channel: types, and sees what is shown. */
class Person extends Duplex {
  shown = ''

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.shown += chunk.toString()
    done()
  }

  type(keys: string): void {
    this.push(keys)
  }
}

const ROWS: readonly [name: string, tty: boolean, keys: string, echo: boolean, line: string | null, shown: string][] = [
  ['a line', true, 'hsm show\r', true, 'hsm show', '>hsm show\r\n'],
  ['a secret', true, 'S3cret\r', false, 'S3cret', '>\r\n'],
  ['backspace', true, 'ab\x7fc\r', true, 'ac', '>ab\b \bc\r\n'],
  ['backspace in a secret', true, 'ab\x7fc\r', false, 'ac', '>\r\n'],
  ['a line taken back', true, 'abc\x15d\r', true, 'd', '>abc\b \b\b \b\b \bd\r\n'],
  ['an interrupted line', true, 'abc\x03', true, null, '>abc\r\n'],
  ['arrows and colours', true, '\x1b[Aa\x1b[1;5Cb\x1bOH\r', true, 'ab', '>ab\r\n'],
  ['an umlaut', true, 'grün\r', true, 'grün', '>grün\r\n'],
  ['a piped line', false, 'hsm show\n', true, 'hsm show', '>'],
  ['a piped line of another system', false, 'hsm show\r\n', true, 'hsm show', '>'],
  ['a piped secret', false, 'S3cret\n', false, 'S3cret', '>\n'],
  ['a piped control character', false, 'a\x03b\n', true, 'ab', '>'],
  ['a line of 5,000', false, `${'x'.repeat(5000)}\n`, true, 'x'.repeat(1024), '>'],
]
for (const [name, tty, keys, echo, line, shown] of ROWS) {
  test(`${name}${tty ? '' : ', without a terminal'}`, async () => {
    const person = new Person()
    const terminal = new Terminal(person, tty)
    const read = terminal.readLine('>', echo)
    person.type(keys)
    assert.equal(await read, line)
    assert.equal(person.shown, shown)
  })
}

test('what is typed ahead is echoed by whoever asks: a password is not', async () => {
  const person = new Person()
  const terminal = new Terminal(person, true)
  person.type('hsm login\rS3cret\rexit\r')
  assert.equal(await terminal.readLine('>', true), 'hsm login')
  assert.equal(await terminal.readLine('Password: ', false), 'S3cret')
  assert.equal(await terminal.readLine('>', true), 'exit')
  assert.equal(person.shown.includes('S3cret'), false)
})

test('nothing that is piped ahead is lost, however much', async () => {
  const person = new Person()
  const terminal = new Terminal(person, false)
  for (let line = 0; line < 1000; line++) person.type(`line ${line}\n`)
  person.push(null)
  for (let line = 0; line < 1000; line++) assert.equal(await terminal.readLine('', true), `line ${line}`)
  assert.equal(await terminal.readLine('', true), null)
  assert.equal(terminal.ended, true)
})

test('a last line without its end counts; end of file at an empty line ends', async () => {
  const person = new Person()
  const terminal = new Terminal(person, false)
  const read = terminal.readLine('', true)
  person.type('exit')
  person.push(null)
  assert.equal(await read, 'exit')
  assert.equal(await terminal.readLine('', true), null)
})
