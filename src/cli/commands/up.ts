/** hsmnet up TEMPLATE… */
import { deploy } from '../deploy.ts'
import { EXIT } from '../exit-codes.ts'
import { bold, Progress, print, printJson } from '../output.ts'
import { ensureServer } from '../server-process.ts'
import { resourceTable, statusReportSchema } from '../status-report.ts'
import { readTemplates } from '../templates.ts'

export interface UpOptions {
  readonly parameters: readonly string[]
  readonly group: string
  readonly location: string
  readonly json: boolean
}

export async function up(files: readonly string[], { parameters, group, location, json }: UpOptions): Promise<void> {
  const started = performance.now()
  const templates = readTemplates(files, parameters)
  const progress = new Progress()
  progress.show('starting the server')
  const client = await ensureServer()
  try {
    const path = `${client.subscription}/resourceGroups/${encodeURIComponent(group)}`
    const present = await client.call('GET', path)
    if (present.status === 404) await client.send('PUT', path, { location })
    const deployed = []
    for (const template of templates) deployed.push(await deploy(client, group, template, progress))
    const report = statusReportSchema.parse(await client.verb('status'))
    progress.end()
    const seconds = (performance.now() - started) / 1000
    const all = report.resources.every(({ state }) => state === 'Succeeded')
    if (!all) process.exitCode = EXIT.failed
    if (json) {
      printJson({ seconds, deployments: deployed, ...report })
      return
    }
    print(resourceTable(report.resources))
    print('')
    for (const { file, seconds: took, outputs } of deployed) {
      print(`${bold(file)} deployed in ${took.toFixed(2)} s`)
      for (const [name, { value }] of Object.entries(outputs)) print(`  ${name} = ${JSON.stringify(value)}`)
    }
    print(`${all ? 'Everything stands' : 'Not everything stands'} after ${seconds.toFixed(2)} s.`)
  } finally {
    progress.end()
    client.close()
  }
}
