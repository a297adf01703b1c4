import assert from 'node:assert/strict'
import test from 'node:test'
import { type EnterOptions, enterHost, enterNetwork } from '../../../../src/machine/agent/enter.ts'
import type { HostPlace } from '../../../../src/machine/agent/protocol.ts'

const root: HostPlace = { mode: 'root', pid: 42, instancePid: null, uid: 200007, hostname: 'vm1', client: null }
const rootless: HostPlace = { ...root, mode: 'rootless', pid: 7, instancePid: 4242, uid: 1000 }

const line = (place: HostPlace, command: readonly string[], options: EnterOptions) => {
  const { program, args } = enterHost(place, command, options)
  return [program, ...args].join(' ')
}

test('root: as the host, with no way back, from the first program that is executed inside', () => {
  const args = line(root, ['id'], { tty: false, env: {} })
  assert.match(
    args,
    /^\/usr\/bin\/prlimit --nproc=512 setpriv --no-new-privs nsenter --no-fork -t 42 -m -n -p -i -u -S 200007 -G 200007 -- env -i /,
  )
  assert.match(args, / sh setpriv --pdeathsig TERM id$/)
})

test('rootless: by the instance, then the host, then a user namespace further in', () => {
  const args = line(rootless, ['id'], { tty: false, env: {} })
  assert.match(
    args,
    /^\/usr\/bin\/nsenter -t 4242 -U --preserve-credentials -m -- setpriv --no-new-privs nsenter --no-fork -t 7 -U -m -n -p -i -u --preserve-credentials -- env -i /,
  )
  assert.match(args, / sh unshare --user --map-user=1000 --map-group=1000 setpriv --pdeathsig TERM id$/)
})

const environment: readonly [string, HostPlace, EnterOptions, RegExp, RegExp | null][] = [
  [
    'nothing but what a program needs',
    root,
    { tty: false, env: { SECRET: 'x', PATH: '/evil' } },
    / env -i --default-signal --chdir=\/home PATH=\/run\/node:\/usr\/bin:\/bin HOME=\/home SHELL=\/bin\/sh TERM=dumb LANG=C\.UTF-8 sh/,
    /SECRET|evil/,
  ],
  [
    "the caller's terminal and language",
    root,
    { tty: false, env: { TERM: 'xterm', LANG: 'de_DE' } },
    / TERM=xterm LANG=de_DE /,
    null,
  ],
  ['the directory asked for', root, { tty: false, cwd: '/usr/a b', env: {} }, / --chdir=\/usr\/a b /, null],
  ['no token without a client', root, { tty: false, env: {} }, /./, /P11_KIT/],
  [
    'the token of the client beside it',
    { ...root, client: '/x' },
    { tty: false, env: {} },
    / P11_KIT_SERVER_ADDRESS=unix:path=\/run\/hsmnet\/pkcs11\.sock /,
    null,
  ],
]
for (const [what, place, options, has, hasNot] of environment) {
  test(`a program gets ${what}`, () => {
    const args = line(place, ['id'], options)
    assert.match(args, has)
    if (hasNot) assert.doesNotMatch(args, hasNot)
  })
}

test('without a terminal, arguments stay arguments', () => {
  const words = ['a b', '', "it's", '$HOME', '; exit 9', '-x', 'line\nbreak']
  for (const place of [root, rootless]) {
    const { args } = enterHost(place, words, { tty: false, env: {} })
    assert.deepEqual(args.slice(-words.length), words)
  }
})

const quoted: readonly [string, string][] = [
  ['plain', `'plain'`],
  ['a b', `'a b'`],
  ['', `''`],
  ["it's", `'it'\\''s'`],
  ['$(reboot)`x`"', `'$(reboot)\`x\`"'`],
  ['a\nb', `'a\nb'`],
]
for (const [word, text] of quoted) {
  test(`on a terminal ${JSON.stringify(word)} stays one word of the shell`, () => {
    const { args } = enterHost(root, ['printf', word], { tty: true, env: {} })
    assert.deepEqual(args.slice(-4), ['script', '-qec', `exec 'printf' ${text}`, '/dev/null'])
  })
}

test("the host's network alone: through the instance's own /proc where pids are its own", () => {
  assert.deepEqual(enterNetwork(root, ['node', 'x']), {
    program: '/usr/bin/nsenter',
    args: ['-t', '42', '-n', '--', 'node', 'x'],
  })
  assert.deepEqual(enterNetwork(rootless, ['node', 'x']), {
    program: '/usr/bin/nsenter',
    args: [
      '-t',
      '4242',
      '-U',
      '--preserve-credentials',
      '--',
      'nsenter',
      '--net=/proc/4242/root/proc/7/ns/net',
      '--',
      'node',
      'x',
    ],
  })
})
