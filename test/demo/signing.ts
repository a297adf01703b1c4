/** The tutorial's shell, the acts of a security officer, and signatures by an unmodified pkcs11-tool. */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Instance, type Ran, runProgram } from '../support/hsmnet.ts'
import { check, show } from './report.ts'

export const SECRETS = {
  delivered: 'PASSWORD',
  admin: 'N3wSecret!',
  officer: 'HsmOfficer1!',
  domain: 'Cloning-Domain-7',
  partitionOfficer: 'PartOfficer1!',
  user: 'crypto-officer-pin',
}
const MODULE = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/pkcs11/p11-kit-client.so`

/** Answers ssh's prompts by what they ask: the delivered password, then twice the new one. */
const ASKPASS = `#!/bin/sh
case "$1" in
  *[Nn]ew*|*[Aa]gain*|*[Rr]etype*|*[Rr]e-enter*) echo '${SECRETS.admin}' ;;
  *) cat /home/password ;;
esac
`

/** As in Microsoft's tutorial: ssh tenantadmin@<ip>, then hsm show (azure-facts A7.11). */
export async function tutorialShell(instance: Instance): Promise<void> {
  await writeIn(instance, '/home/askpass', ASKPASS, '700')
  for (const [hsm, address] of DEVICES) {
    await writeIn(instance, '/home/password', `${SECRETS.delivered}\n`, '600')
    const first = await ssh(instance, address, 'hsm show')
    check(
      `vm1: ssh tenantadmin@${address} with the delivered password: a change is forced, then hsm show`,
      isHsmShow(first),
    )
    if (hsm === 'hsm1') show(first.stdout)
    const again = await ssh(instance, address, 'hsm show', '-o', 'NumberOfPasswordPrompts=1')
    check(`${hsm}: the delivered password opens nothing any more`, again.code !== 0)
    await writeIn(instance, '/home/password', `${SECRETS.admin}\n`, '600')
    check(`${hsm}: the new one does`, isHsmShow(await ssh(instance, address, 'hsm show')))
  }
}

const DEVICES = [
  ['hsm1', '10.2.1.4'],
  ['hsm2', '10.2.1.5'],
] as const

function ssh(instance: Instance, address: string, command: string, ...more: readonly string[]): Promise<Ran> {
  const options = ['-o', 'StrictHostKeyChecking=accept-new', '-o', 'PubkeyAuthentication=no', ...more]
  return instance.exec('vm1', [
    ...['env', 'SSH_ASKPASS=/home/askpass', 'SSH_ASKPASS_REQUIRE=force'],
    ...['ssh', '-T', ...options, `tenantadmin@${address}`, command],
  ])
}

function isHsmShow({ code, stdout }: Ran): boolean {
  return code === 0 && /HSM Label/i.test(stdout) && /Serial/i.test(stdout) && /Command Result : 0/.test(stdout)
}

export async function initialiseDevices(instance: Instance): Promise<void> {
  const secret = (name: keyof typeof SECRETS) => instance.secret(name, SECRETS[name])
  for (const [hsm] of DEVICES) {
    const init = await instance.run([
      ...['hsm', 'init', hsm, '--from', 'vm1', '--partition', 'app'],
      ...['--admin-password', secret('admin'), '--so-password', secret('officer'), '--domain', secret('domain')],
    ])
    check(`hsmnet hsm init ${hsm} --from vm1`, init.code === 0, (init.stdout + init.stderr).trim())
    const register = await instance.run([
      ...['hsm', 'register', hsm, '--from', 'vm1', '--partition', 'app', '--admin-password', secret('admin')],
      ...['--po-password', secret('partitionOfficer'), '--co-pin', secret('user')],
    ])
    check(`hsmnet hsm register ${hsm} --from vm1`, register.code === 0, (register.stdout + register.stderr).trim())
  }
  show((await instance.run(['hsm', 'list'])).stdout)
}

export function pkcs11(instance: Instance, ...args: readonly string[]): Promise<Ran> {
  return instance.exec('vm1', ['pkcs11-tool', '--module', MODULE, ...args])
}

export async function signOnBoth(instance: Instance): Promise<void> {
  await writeIn(instance, '/home/document', 'signed by a key that never left its HSM\n', '600')
  for (const token of ['signing-1', 'signing-2']) {
    const login = ['--token-label', token, '--login', '--pin', SECRETS.user]
    const made = await pkcs11(
      instance,
      ...login,
      '--keypairgen',
      '--key-type',
      'EC:prime256v1',
      '--id',
      '01',
      '--label',
      'demo',
    )
    check(
      `${token}: a key pair is generated on the device`,
      made.code === 0 && /never extractable/.test(made.stdout),
      made.stderr.trim(),
    )
    const read = await pkcs11(
      instance,
      ...login,
      '--read-object',
      '--type',
      'pubkey',
      '--id',
      '01',
      '--output-file',
      `/home/${token}.der`,
    )
    check(`${token}: its public key is read`, read.code === 0, read.stderr.trim())
    await signAndVerify(instance, token)
  }
}

/** Signs on vm1 through the stock p11-kit-client.so; openssl on this machine, which knows nothing of us, verifies. */
export async function signAndVerify(instance: Instance, token: string): Promise<void> {
  const signed = await sign(instance, token)
  check(`${token}: vm1 signs`, signed.code === 0, signed.stderr.trim())
  const files = {
    key: await copyOut(instance, `/home/${token}.der`),
    document: await copyOut(instance, '/home/document'),
    signature: await copyOut(instance, `/home/${token}.sig`),
  }
  const verified = await runProgram('openssl', [
    ...['dgst', '-sha256', '-keyform', 'DER', '-verify', files.key, '-signature', files.signature, files.document],
  ])
  check(
    `${token}: openssl outside verifies`,
    verified.stdout.includes('Verified OK'),
    (verified.stdout + verified.stderr).trim(),
  )
}

export function sign(instance: Instance, token: string): Promise<Ran> {
  return instance.exec('vm1', [
    ...['sh', '-c', 'openssl dgst -sha256 -binary /home/document >/home/digest && exec "$@"', 'sh'],
    ...['pkcs11-tool', '--module', MODULE, '--token-label', token, '--login', '--pin', SECRETS.user],
    ...['--sign', '--mechanism', 'ECDSA', '--signature-format', 'openssl', '--id', '01'],
    ...['--input-file', '/home/digest', '--output-file', `/home/${token}.sig`],
  ])
}

/** A loop of signatures on vm1 until `/home/stop` exists; answers how many were made and how many failed. */
export function signInLoop(instance: Instance, token: string): Promise<Ran> {
  const loop = `n=0; bad=0
while [ ! -e /home/stop ]; do n=$((n+1)); "$@" >/home/loop.log 2>&1 || { bad=$((bad+1)); cat /home/loop.log >&2; }; done
rm -f /home/stop; echo "$n signatures, $bad failed"`
  return instance.exec('vm1', [
    ...[
      'sh',
      '-c',
      loop,
      'sh',
      'pkcs11-tool',
      '--module',
      MODULE,
      '--token-label',
      token,
      '--login',
      '--pin',
      SECRETS.user,
    ],
    ...['--sign', '--mechanism', 'ECDSA', '--signature-format', 'openssl', '--id', '01'],
    ...['--input-file', '/home/digest', '--output-file', '/home/loop.sig'],
  ])
}

async function copyOut(instance: Instance, file: string): Promise<string> {
  const ran = await instance.exec('vm1', ['base64', file])
  const target = path.join(instance.scratch, `out-${path.basename(file)}`)
  writeFileSync(target, Buffer.from(ran.stdout, 'base64'))
  return readFileSync(target).length > 0 ? target : '/dev/null'
}

async function writeIn(instance: Instance, file: string, text: string, mode: string): Promise<void> {
  const ran = await instance.exec(
    'vm1',
    ['sh', '-c', 'umask 077; cat >"$1" && chmod "$2" "$1"', 'sh', file, mode],
    text,
  )
  if (ran.code !== 0) throw new Error(`vm1 could not write ${file}: ${ran.stderr}`)
}
