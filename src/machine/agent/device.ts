/** What the devices of the plan say of themselves: running ones over their control socket, stopped ones by their files. */
import { lstatSync } from 'node:fs'
import { connect } from 'node:net'
import path from 'node:path'
import { readJsonLines, writeJsonLine } from '../../base/process/json-lines.ts'
import { type DeviceState, deviceStateSchema } from '../../model/plan/status.ts'
import { readDeviceState } from '../appliance/device-state.ts'

/** A device that is busy with a long operation still answers its control socket. */
const ANSWER_MILLISECONDS = 2000

/** Null where there is no device yet, or its files cannot be read. */
export async function deviceStateOf(directory: string): Promise<DeviceState | null> {
  const answer = deviceStateSchema.safeParse(await askControl(directory, { op: 'status' }))
  return answer.success ? answer.data : storedState(directory)
}

/** What the files of a device say; null where there are none, or they cannot be read. */
export function storedState(directory: string): DeviceState | null {
  // The files are the device's own: what is no plain file, such as a pipe that never ends, is not opened.
  const files = ['config.json', 'device.json'].map(name =>
    lstatSync(path.join(directory, name), { throwIfNoEntry: false }),
  )
  if (!files[0] || files.some(file => file && !file.isFile())) return null
  try {
    return readDeviceState(directory)
  } catch {
    return null
  }
}

/** One question over `control.sock` of a daemon of ours; null when nobody answers in time. */
export function askControl(directory: string, question: unknown): Promise<unknown> {
  return new Promise(resolve => {
    const socket = connect(path.join(directory, 'control.sock'))
    const done = (answer: unknown) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answer)
    }
    const timer = setTimeout(done, ANSWER_MILLISECONDS, null)
    readJsonLines(socket, { onValue: done, onEnd: () => done(null) })
    writeJsonLine(socket, question)
  })
}
