/** What a machine must have, each check by itself: as much as can be said is said (house-style: doctor). */
import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs'
import path from 'node:path'
import { mainFile } from '../base/process/entry.ts'
import { run } from '../base/process/run.ts'
import { LONGEST_ROOT, stateRoot } from '../base/process/state.ts'

export interface Check {
  readonly name: string
  readonly result: 'present' | 'lacking' | 'unknown'
  readonly remedy?: string
}

/** By Debian package: a file that it brings. */
const PROOF: { readonly [packageName: string]: string } = {
  bubblewrap: '/usr/bin/bwrap',
  iproute2: '/usr/sbin/ip',
  nftables: '/usr/sbin/nft',
  'util-linux': '/usr/bin/nsenter',
  softhsm2: '/usr/lib/softhsm/libsofthsm2.so',
  'p11-kit': '/usr/libexec/p11-kit/p11-kit-remote',
  'p11-kit-modules': '/usr/lib/x86_64-linux-gnu/pkcs11/p11-kit-client.so',
  'openssh-client': '/usr/bin/ssh',
  'iputils-ping': '/usr/bin/ping',
}

/** The state directory holds keys and databases; below this much free space writes begin to fail. */
const SPACE_NEEDED = 200 * 1024 * 1024

export async function checkMachine(): Promise<Check[]> {
  const checks = await Promise.all([packages(), Promise.resolve([nodeVersion(), stateLength(), space()]), namespaces()])
  return checks.flat()
}

async function packages(): Promise<Check[]> {
  const list = readFileSync(path.join(path.dirname(mainFile()), '..', 'packages.txt'), 'utf8')
  const wanted = list
    .split('\n')
    .map(line => line.trim().split(/\s+/))
    .flatMap(([name, purpose]) => (name && !name.startsWith('#') && purpose === 'run' ? [name] : []))
  return wanted.map(name => {
    const proof = proofOf(name)
    if (proof === undefined) return { name: `package ${name}`, result: 'unknown' }
    if (existsSync(proof)) return { name: `package ${name}`, result: 'present' }
    return {
      name: `package ${name}`,
      result: 'lacking',
      remedy: `sudo apt-get install --no-install-recommends ${name}`,
    }
  })
}

function proofOf(name: string): string | undefined {
  const proof = PROOF[name]
  return process.arch === 'arm64' ? proof?.replace('x86_64-linux-gnu', 'aarch64-linux-gnu') : proof
}

function nodeVersion(): Check {
  const name = `node ${process.versions.node}`
  return Number(process.versions.node.split('.')[0]) >= 24
    ? { name, result: 'present' }
    : { name, result: 'lacking', remedy: 'npm ci in the folder of hsmnet brings Node 24' }
}

function stateLength(): Check {
  const name = 'length of the state path'
  return Buffer.byteLength(stateRoot()) <= LONGEST_ROOT
    ? { name, result: 'present' }
    : { name, result: 'lacking', remedy: `set HSMNET_STATE to a path of at most ${LONGEST_ROOT} bytes` }
}

function space(): Check {
  let folder = stateRoot()
  while (!existsSync(folder)) folder = path.dirname(folder)
  const { bavail, bsize } = statfsSync(folder)
  const name = `free space at ${folder}`
  try {
    accessSync(folder, constants.W_OK)
  } catch {
    return { name, result: 'lacking', remedy: `set HSMNET_STATE to a folder that you may write to` }
  }
  return bavail * bsize >= SPACE_NEEDED
    ? { name, result: 'present' }
    : { name, result: 'lacking', remedy: 'free 200 MiB, or set HSMNET_STATE to a folder with more room' }
}

/** As root: namespaces at all. Otherwise: user namespaces, which some systems switch off. */
async function namespaces(): Promise<Check[]> {
  const root = process.getuid?.() === 0
  const flags = root ? ['--net', '--mount', '--pid'] : ['--user', '--map-root-user', '--net', '--mount', '--pid']
  const tried = await run('unshare', [...flags, '--fork', 'true'], { timeout: 10_000 })
  const name = root ? 'network namespaces' : 'user namespaces'
  if (tried.code === 0) return [{ name, result: 'present' }]
  const remedy = existsSync('/proc/sys/kernel/apparmor_restrict_unprivileged_userns')
    ? 'sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0'
    : 'sudo sysctl user.max_user_namespaces=10000, or run as root'
  return [{ name, result: 'lacking', remedy }]
}
