/** What concerns the appliance around the HSM: `ntls …`, `my password set`, `syslog tail`. */
import { unparsed } from '../../../base/findings/parsed.ts'
import { checkPassword, hashPassword } from '../password.ts'
import { askNew, type Command, done } from './command.ts'

const showNtls: Command = {
  words: ['ntls', 'show'],
  summary: 'Shows the service on 1792',
  options: [],
  async run({ device, ntls, print }) {
    print(`   NTLS:         ${ntls.listening ? 'running' : 'stopped: the delivered password is not changed yet'}`)
    print(`   Certificate:  SHA-256 ${ntls.fingerprint}`)
    print(`   Clients:      ${device.record.clients.length}`)
    return done
  },
}

const showIpCheck: Command = {
  words: ['ntls', 'ipcheck', 'show'],
  summary: 'Shows whether a client must come from the address it was registered with',
  options: [],
  async run({ device, print }) {
    print(`   NTLS client source IP validation: ${device.record.ipCheck ? 'Enable' : 'Disable'}`)
    print('   It concerns clients registered with -ip; those registered with -hostname may come from anywhere.')
    return done
  },
}

/** azure-facts H7.5: where an address translator lies between, it has to be switched off. */
function switchIpCheck(word: 'enable' | 'disable'): Command {
  return {
    words: ['ntls', 'ipcheck', word],
    summary: `${word === 'enable' ? 'Compares' : 'Does not compare'} the source address of clients`,
    options: [],
    async run({ device }) {
      device.save({ ...device.record, ipCheck: word === 'enable' })
      return done
    },
  }
}

const setPassword: Command = {
  words: ['my', 'password', 'set'],
  summary: 'Changes your password',
  options: [],
  async run(context) {
    const password = await askNew(context, 'your new password')
    if (!password.ok) return password
    return await changePassword(context, password.value)
  },
}

/** Takes a new administrator's password; the first one opens 1792. The delivered one fails the rule of classes. */
export async function changePassword(
  { device, ntls }: Pick<Parameters<Command['run']>[0], 'device' | 'ntls'>,
  password: string,
): ReturnType<Command['run']> {
  const allowed = checkPassword(password)
  if (!allowed.ok) return unparsed(`the password is refused: ${allowed.reason}`)
  const hash = await hashPassword(password)
  device.save({ ...device.record, admin: { password: hash, failures: 0, lastFailure: 0 } })
  await ntls.listen()
  return done
}

const tail: Command = {
  words: ['syslog', 'tail'],
  summary: 'Shows the last lines of the audit log',
  options: [{ name: 'entries', value: 'number' }],
  async run({ device, print }, options) {
    const entries = Number(options.get('entries') ?? '20')
    if (!Number.isInteger(entries) || entries < 1 || entries > 1000) return unparsed('-entries is a number up to 1000')
    for (const line of device.audit.tail(entries)) print(line)
    return done
  },
}

export const applianceCommands: readonly Command[] = [
  showNtls,
  showIpCheck,
  switchIpCheck('enable'),
  switchIpCheck('disable'),
  setPassword,
  tail,
]
