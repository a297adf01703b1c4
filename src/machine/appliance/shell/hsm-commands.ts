/** `hsm …`: show, init, login, logout, zeroize. */
import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { unparsed } from '../../../base/findings/parsed.ts'
import { PARTITIONS_ALLOWED } from '../device-changes.ts'
import { checkPassword } from '../password.ts'
import { askNew, type Command, type Context, confirmed, done, FORCE, NOT_CONFIRMED, officerOnly } from './command.ts'

/** azure-facts A7.11. */
const STORAGE = 33_554_432

const show: Command = {
  words: ['hsm', 'show'],
  summary: 'Shows the state of the HSM',
  options: [],
  async run(context) {
    for (const line of hsmDetails(context)) context.print(line)
    return done
  },
}

/** The fields of azure-facts A7.11. What a program cannot have, a battery or a temperature, is said to be absent. */
function hsmDetails({ device, login }: Context): string[] {
  const { hsm, partitions, zeroizedOnce } = device.record
  const used = storageUsed(device.tokensDirectory)
  const row = (name: string, value: string | number) => `   ${`${name}:`.padEnd(38)}${value}`
  return [
    '   Appliance Details:',
    '   ==================',
    row('Software Version', 'hsmnet (commands as of Luna 7.2)'),
    '',
    '   HSM Details:',
    '   ============',
    row('HSM Label', hsm?.label ?? ''),
    row('Serial #', device.serial),
    row('Firmware', 'none: keys are held by software'),
    row('HSM Model', 'Luna K7 (in software)'),
    row('HSM Part Number', 'none'),
    row('Authentication Method', 'Password'),
    row('HSM Admin login status', login.open ? 'Logged In' : 'Not Logged In'),
    row('HSM Admin login attempts left', hsm ? device.officerTriesLeft() : 'HSM IS ZEROIZED !!!!'),
    row('RPV Initialized', 'No'),
    row('Audit Role Initialized', 'No'),
    row('Remote Login Initialized', 'No'),
    row('Manually Zeroized', zeroizedOnce ? 'Yes' : 'No'),
    row('Secure Transport Mode', 'No'),
    row('HSM Tamper State', 'No tamper(s)'),
    '',
    '   Partitions created on HSM:',
    '   ==========================',
    ...partitions.map(({ serial, name }) => row(`Partition ${serial}`, `Name: ${name}`)),
    '',
    row('Number of partitions allowed', PARTITIONS_ALLOWED),
    row('Number of partitions created', partitions.length),
    '',
    '   FIPS 140-2 Operation:',
    '   =====================',
    '   The HSM is NOT in FIPS 140-2 approved operation mode.',
    '',
    '   HSM Storage Information:',
    '   ========================',
    row('Maximum HSM Storage Space (Bytes)', STORAGE),
    row('Space In Use (Bytes)', used),
    row('Free Space Left (Bytes)', Math.max(0, STORAGE - used)),
    '',
    '   Environmental Information on HSM:',
    '   =================================',
    row('Battery Voltage', 'none: not a physical device'),
    row('System Temp', 'none: not a physical device'),
  ]
}

function storageUsed(directory: string): number {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.object'))
    .reduce((sum, entry) => {
      return sum + (statSync(path.join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0)
    }, 0)
}

const init: Command = {
  words: ['hsm', 'init'],
  summary: 'Initializes a zeroized HSM',
  options: [
    { name: 'label', value: 'label', required: true },
    { name: 'domain', value: 'domain', secret: true },
    { name: 'password', value: 'password', secret: true },
    FORCE,
  ],
  async run(context, options) {
    const { device } = context
    if (device.record.hsm) return unparsed('the HSM is initialized already; zeroize it first: hsm zeroize')
    const given = options.get('password')
    const password =
      given === undefined ? await askNew(context, 'a password for the HSM Administrator') : accepted(given)
    if (!password.ok) return password
    const allowed = checkPassword(password.value)
    if (!allowed.ok) return unparsed(`the password is refused: ${allowed.reason}`)
    const words = options.get('domain')
    const domain = words === undefined ? await askNew(context, 'a cloning domain for this HSM') : accepted(words)
    if (!domain.ok) return domain
    if (domain.value === '') return unparsed('the cloning domain is empty')
    if (!(await confirmed(context, options, 'Initializing the HSM.'))) return NOT_CONFIRMED
    const initialised = await device.initialise(options.get('label') ?? '', password.value, domain.value)
    return initialised.ok ? done : initialised
  },
}

function accepted(value: string): { readonly ok: true; readonly value: string } {
  return { ok: true, value }
}

const logIn: Command = {
  words: ['hsm', 'login'],
  summary: 'Logs in as the HSM officer; three wrong passwords zeroize the HSM',
  options: [{ name: 'password', value: 'password', secret: true }],
  async run(context, options) {
    const { device, login } = context
    if (!device.record.hsm) return unparsed('the HSM is zeroized; initialize it first: hsm init -label <label>')
    const password =
      options.get('password') ?? (await context.ask("Please enter the HSM Administrator's password: ", false))
    if (password === null) return unparsed('nothing was entered')
    switch (await device.logInOfficer(password)) {
      case 'right':
        login.enter()
        return done
      case 'wrong':
        return unparsed(`the password is wrong. Attempts left before the HSM is zeroized: ${device.officerTriesLeft()}`)
      case 'zeroized':
        return unparsed('the password is wrong. HSM IS ZEROIZED !!!!')
    }
  },
}

const logOut: Command = {
  words: ['hsm', 'logout'],
  summary: 'Logs the HSM officer out',
  options: [],
  async run({ login }) {
    login.leave()
    return done
  },
}

const zeroizeCommand: Command = {
  words: ['hsm', 'zeroize'],
  summary: 'Destroys every partition and all keys',
  options: [FORCE],
  async run(context, options) {
    const officer = officerOnly(context)
    if (!officer.ok) return officer
    const consequence = 'This destroys every partition of this HSM and every key in them.'
    if (!(await confirmed(context, options, consequence))) return NOT_CONFIRMED
    await context.device.zeroize('by command of the HSM officer')
    return done
  },
}

/** azure-facts A9.3: customers have no serial console. */
const factoryReset: Command = {
  words: ['hsm', 'factoryReset'],
  summary: 'Works on the serial console only',
  options: [FORCE],
  async run() {
    return unparsed('it works only on the serial console. To zeroize the HSM: hsm zeroize, or three wrong hsm login')
  },
}

export const hsmCommands: readonly Command[] = [show, init, logIn, logOut, zeroizeCommand, factoryReset]
