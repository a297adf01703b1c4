/** What a device says of itself: the DeviceState of the plan's status. Running, it answers; stopped, its files do. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseJson } from '../../base/shape/shape.ts'
import { type ApplianceConfig, applianceConfigShape } from './config.ts'
import { createEmptyDevice, type DeviceRecord, parseDevice } from './device-record.ts'

export interface DeviceState {
  readonly zeroized: boolean
  readonly label: string | null
  readonly serial: string
  readonly partitions: number
  readonly clients: number
  /** 1792 accepts connections. */
  readonly ntls: boolean
  readonly running: boolean
}

export function deviceState(record: DeviceRecord, serial: string, ntls: boolean, running: boolean): DeviceState {
  return {
    zeroized: record.hsm === null,
    label: record.hsm?.label ?? null,
    serial,
    partitions: record.partitions.length,
    clients: record.clients.length,
    ntls,
    running,
  }
}

/** The state of a stopped device, from its directory. Throws where its files are there and cannot be read. */
export function readDeviceState(directory: string): DeviceState {
  return deviceState(loadDevice(directory), loadConfig(directory).serial, false, false)
}

/** The record in a directory; a device without one is empty. Throws where it is there and cannot be read. */
export function loadDevice(directory: string): DeviceRecord {
  const file = deviceFile(directory)
  if (!existsSync(file)) return createEmptyDevice()
  const record = parseDevice(readFileSync(file, 'utf8'))
  if (!record.ok) throw new Error(`${file} cannot be read: ${record.reason}`)
  return record.value
}

/** Throws where it is missing or not what an agent writes. */
export function loadConfig(directory: string): ApplianceConfig {
  const file = path.join(directory, 'config.json')
  const config = parseJson(applianceConfigShape, readFileSync(file, 'utf8'))
  if (!config.ok) throw new Error(`${file} cannot be read: ${config.reason}`)
  return config.value
}

export function deviceFile(directory: string): string {
  return path.join(directory, 'device.json')
}
