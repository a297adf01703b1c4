/** hsmnet status: what is wanted, what stands, what is wrong. */
import { EXIT } from '../exit-codes.ts'
import { print, printJson } from '../output.ts'
import { needServer } from '../server-process.ts'
import { resourceTable, statusReportSchema } from '../status-report.ts'

export async function status({ json }: { readonly json: boolean }): Promise<void> {
  const client = await needServer()
  const report = statusReportSchema.parse(await client.verb('status'))
  client.close()
  const wrong = report.trouble !== null || report.resources.some(({ state }) => state === 'Failed')
  if (wrong) process.exitCode = EXIT.no
  if (json) {
    printJson(report)
    return
  }
  if (report.resources.length === 0) print('Nothing is wanted. Start with: hsmnet up TEMPLATE')
  else print(resourceTable(report.resources))
  const seen = report.observedAt === null ? 'nothing was seen yet' : `seen at ${report.observedAt}`
  print(
    `\nengine ${report.engine}, plan revision ${report.observedRevision}, ${seen}${report.settled ? '' : ', still working'}`,
  )
  if (report.trouble !== null) print(`trouble: ${report.trouble}`)
}
