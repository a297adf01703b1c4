/** hsmnet plan TEMPLATE…: what would change and every finding, touching nothing. */
import { z } from 'zod'
import type { ArmClient } from '../arm-client.ts'
import { EXIT } from '../exit-codes.ts'
import { bold, print, printJson, table } from '../output.ts'
import { findServer, withEphemeralServer } from '../server-process.ts'
import { deploymentBody, readTemplates } from '../templates.ts'

export interface PlanOptions {
  readonly parameters: readonly string[]
  readonly group: string
  readonly location: string
  readonly json: boolean
}

const finding = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  subject: z.string(),
  message: z.string(),
  remedy: z.string(),
})
const answerSchema = z.object({
  changes: z.array(z.object({ id: z.string(), type: z.string(), change: z.string() })),
  findings: z.array(finding),
  plan: z.unknown(),
})

export async function plan(files: readonly string[], options: PlanOptions): Promise<void> {
  const { parameters, group, location, json } = options
  const templates = readTemplates(files, parameters)
  const body = `{"group":${JSON.stringify(group)},"location":${JSON.stringify(location)},"deployments":[${templates
    .map(template => `{"name":${JSON.stringify(template.name)},${deploymentBody(template).slice(1)}`)
    .join(',')}]}`
  const ask = async (client: ArmClient) => {
    const answer = await client.send('POST', `${client.subscription}/providers/Hsmnet.Local/plan`, body)
    client.close()
    return answerSchema.parse(answer)
  }
  const running = await findServer()
  const answer = running ? await ask(running) : await withEphemeralServer(ask)
  if (answer.findings.some(({ severity }) => severity === 'error')) process.exitCode = EXIT.no
  if (json) {
    printJson(answer)
    return
  }
  if (answer.changes.length === 0) print('Nothing would change.')
  else {
    print(
      table(
        [{ title: 'CHANGE' }, { title: 'TYPE' }, { title: 'RESOURCE' }],
        answer.changes.map(({ id, type, change }) => [change, type, id]),
      ),
    )
  }
  for (const { code, severity, subject, message, remedy } of answer.findings) {
    print(`\n${bold(`${severity}: ${code}`)} ${subject}\n  ${message}\n  To mend it: ${remedy}`)
  }
}
