/** hsmnet hsm list */
import { listHsms } from '../../hsm-resource.ts'
import { print, printJson, table } from '../../output.ts'
import { needServer } from '../../server-process.ts'

export async function list({ json }: { readonly json: boolean }): Promise<void> {
  const client = await needServer()
  const hsms = await listHsms(client)
  client.close()
  if (json) {
    printJson(hsms)
    return
  }
  print(
    table(
      [
        { title: 'NAME' },
        { title: 'STATE' },
        { title: 'STAMP' },
        { title: 'ADDRESS' },
        { title: 'SERIAL' },
        { title: 'DEVICE' },
        { title: 'PARTITIONS', align: 'right' },
        { title: 'CLIENTS', align: 'right' },
        { title: 'NTLS' },
        { title: 'TCP 22' },
      ],
      hsms.map(({ name, state, stamp, address, device, probe }) => [
        name,
        state,
        stamp ?? '',
        address ?? '',
        device?.serial ?? '',
        device === null ? 'unknown' : device.zeroized ? 'zeroized' : `'${device.label ?? ''}'`,
        device === null ? '' : String(device.partitions),
        device === null ? '' : String(device.clients),
        device === null ? 'unknown' : device.ntls ? 'open' : 'closed',
        probe === null ? 'never probed' : `${probe.result} ${probe.at}`,
      ]),
    ),
  )
}
