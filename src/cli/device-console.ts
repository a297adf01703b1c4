/**
 * A device's admin shell, reached from inside the network: our console runs in a host's network namespace, and gets its
 * request, credentials included, on standard input.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { writeFileAtomicSync } from '../base/process/atomic-file.ts'
import { mainFile } from '../base/process/entry.ts'
import { hashName, statePaths, stateRoot } from '../base/process/state.ts'
import { enterNetwork } from '../machine/agent/enter.ts'
import type { ConsoleRequest, ConsoleResult } from '../machine/client/console/requests.ts'
import { Failure } from './failure.ts'
import type { FoundHost } from './host-place.ts'

type WithoutDevice<R> = R extends ConsoleRequest ? Omit<R, 'address' | 'port' | 'user' | 'hostKey'> : never
/** What is asked; where the device is, and which key it must show, is known here. */
export type ConsoleQuestion = WithoutDevice<ConsoleRequest>

export interface Device {
  /** The ARM id. */
  readonly id: string
  readonly name: string
  readonly address: string | null
  /** Of the device behind the id: one that is created anew under the same name is another, with another key. */
  readonly device: { readonly serial: string } | null
}

/** Runs one request at a device's console, from a host. The device's SSH key is remembered the first time it is seen. */
export async function atConsole(
  { place }: FoundHost,
  device: Device,
  question: ConsoleQuestion,
): Promise<Extract<ConsoleResult, { ok: true }>> {
  if (device.address === null) {
    throw new Failure({
      code: 'HsmHasNoAddress',
      message: `${device.name} has no address yet.`,
      remedy: 'See hsmnet status.',
    })
  }
  const hostKey = knownKey(device)
  const request = {
    ...question,
    address: device.address,
    port: 22,
    user: 'tenantadmin',
    ...(hostKey ? { hostKey } : {}),
  }
  const { program, args } = enterNetwork(place, [process.execPath, mainFile(), '@console'])
  const result = await converse(program, args, JSON.stringify(request))
  if (result.hostKey !== undefined && hostKey === undefined) rememberKey(device, result.hostKey)
  if (result.ok) return result
  throw new Failure({
    code: 'ConsoleFailed',
    message: `${device.name}: ${result.message}`,
    remedy: 'Check the password, and with `hsmnet hsm list` the state of the device.',
  })
}

function converse(program: string, args: readonly string[], input: string): Promise<ConsoleResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    let said = ''
    let wrong = ''
    child.stdout.on('data', chunk => {
      said += chunk
    })
    child.stderr.on('data', chunk => {
      wrong += chunk
    })
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    child.on('error', reject)
    child.on('close', code => {
      try {
        resolve(JSON.parse(said))
      } catch {
        reject(
          new Failure({
            code: 'HostNotEntered',
            message: `The host's network could not be entered (exit code ${code}): ${wrong.trim()}`,
            remedy: 'Run this as the user whose instance it is.',
          }),
        )
      }
    })
  })
}

function keyFile({ id, device }: Device): string {
  return path.join(statePaths(stateRoot()).knownDevices, hashName(`${id.toLowerCase()} ${device?.serial ?? ''}`))
}

function knownKey(device: Device): string | undefined {
  const file = keyFile(device)
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined
}

function rememberKey(device: Device, key: string): void {
  mkdirSync(path.dirname(keyFile(device)), { recursive: true, mode: 0o700 })
  writeFileAtomicSync(keyFile(device), `${key}\n`)
}
