import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matchCommand, splitWords, usage } from '../../../../src/machine/appliance/shell/command-line.ts'
import { allCommands } from '../../../../src/machine/appliance/shell/shell.ts'

/** `words -option=value`, or why not. */
function understood(line: string): string {
  const words = splitWords(line)
  const match = words.ok ? matchCommand(allCommands, words.value) : words
  if (!match.ok) return `no: ${match.reason}`
  const options = [...match.value.options].map(([name, value]) => ` -${name}=${value}`)
  return match.value.command.words.join(' ') + options.join('')
}

const LINES: readonly [string, string | RegExp][] = [
  ['hsm show', 'hsm show'],
  ['  HSM   Show ', 'hsm show'],
  ['hsm sh', 'hsm show'],
  ['hsm init -label pair -force', 'hsm init -label=pair -force='],
  ['hsm i -l "two words"', 'hsm init -label=two words'],
  ['client register -client vm1 -hostname vm1', 'client register -client=vm1 -hostname=vm1'],
  ['c a -c vm1 -p p1', 'client assignPartition -client=vm1 -partition=p1'],
  ['client assignpartition -client vm1 -partition p1', 'client assignPartition -client=vm1 -partition=p1'],
  ['ntls ipcheck disable', 'ntls ipcheck disable'],
  ['my password set', 'my password set'],
  ['hsm log', /no: .*it may be login, logout/],
  ['hsm', /no: the command goes on with show, init, login/],
  ['hsm -label x', /no: the command goes on with/],
  ['reboot', /no: .*one of help, hsm, partition, client, ntls, my, syslog is expected/],
  ['hsm init', 'no: -label is missing'],
  ['hsm init -label', 'no: -label needs a value'],
  ['hsm init -label a -label b', 'no: -label is given twice'],
  ['hsm show now', 'no: "now" is not an option'],
  ['hsm init -label "a', 'no: a quote is not closed'],
  ['partition list -x', /no: "-x": one of/],
]
for (const [line, meaning] of LINES) {
  test(`"${line}"`, () => {
    if (typeof meaning === 'string') assert.equal(understood(line), meaning)
    else assert.match(understood(line), meaning)
  })
}

test('every command is found by its own words, and its usage names its options', () => {
  for (const command of allCommands) {
    const required = command.options.filter(({ required }) => required === true)
    const line = [...command.words, ...required.flatMap(({ name }) => [`-${name}`, 'value'])].join(' ')
    assert.equal(understood(line).split(' -')[0], command.words.join(' '))
    for (const { name } of command.options) assert.ok(usage(command).includes(`-${name}`))
  }
})
