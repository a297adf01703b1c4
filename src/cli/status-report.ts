/** The answer of the `status` verb, as the CLI reads and shows it. */
import { z } from 'zod'
import { table } from './output.ts'

const resource = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  group: z.string(),
  state: z.string(),
  stamp: z.string().nullable(),
  address: z.string().nullable(),
  message: z.string().nullable(),
  recordedOnly: z.string().nullable(),
  device: z
    .object({
      zeroized: z.boolean(),
      label: z.string().nullable(),
      serial: z.string(),
      partitions: z.number(),
      clients: z.number(),
      ntls: z.boolean(),
      running: z.boolean(),
    })
    .nullable(),
  probe: z.object({ result: z.string(), at: z.string() }).nullable(),
})

export const statusReportSchema = z.object({
  engine: z.string(),
  trouble: z.string().nullable(),
  revision: z.number(),
  observedRevision: z.number(),
  observedAt: z.string().nullable(),
  settled: z.boolean(),
  resources: z.array(resource),
})

export type StatusReport = z.infer<typeof statusReportSchema>
export type ResourceStatus = StatusReport['resources'][number]

/** Resources as a table, networks first, in the order in which the server lists them. */
export function resourceTable(resources: readonly ResourceStatus[]): string {
  return table(
    [
      { title: 'NAME' },
      { title: 'TYPE' },
      { title: 'GROUP' },
      { title: 'STATE' },
      { title: 'ADDRESS' },
      { title: 'NOTE' },
    ],
    resources.map(item => [
      item.name,
      item.type.split('/').slice(1).join('/'),
      item.group,
      item.state,
      item.address ?? '',
      noteOf(item),
    ]),
  )
}

function noteOf({ device, probe, message, recordedOnly }: ResourceStatus): string {
  if (message !== null) return message
  if (recordedOnly !== null) return `recorded only: ${recordedOnly}`
  if (device === null) return ''
  const reached = probe === null ? 'never probed' : `TCP 22 ${probe.result} at ${probe.at.slice(11, 19)} UTC`
  const keys = device.zeroized ? 'zeroized' : `initialised as '${device.label ?? ''}'`
  return `${keys}, ${reached}`
}
