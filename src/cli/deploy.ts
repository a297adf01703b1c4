/** Deploys templates one after another and waits, showing how far each resource has come. */
import type { ArmClient } from './arm-client.ts'
import { Failure, failureOf } from './failure.ts'
import type { Progress } from './output.ts'
import { type StatusReport, statusReportSchema } from './status-report.ts'
import { deploymentBody, type TemplateFile } from './templates.ts'

/** We are on the same machine: short, so that `up` ends when the network stands. */
const POLL_MILLISECONDS = 30
/** An agent that died is back within a second; one that stays away this long needs somebody. */
const TROUBLE_MILLISECONDS = 15_000

export interface Deployed {
  readonly file: string
  readonly name: string
  readonly seconds: number
  readonly outputs: { readonly [name: string]: { readonly value: unknown } }
}

export async function deploy(
  client: ArmClient,
  group: string,
  template: TemplateFile,
  progress: Progress,
): Promise<Deployed> {
  const started = performance.now()
  const path = `${client.subscription}/resourceGroups/${encodeURIComponent(group)}/providers/Microsoft.Resources/deployments/${template.name}`
  progress.show(`deploying ${template.file}`)
  await client.send('PUT', path, deploymentBody(template))
  let troubledSince: number | null = null
  for (let polls = 0; ; polls++) {
    const properties = propertiesOf(await client.send('GET', path))
    if (properties.provisioningState === 'Succeeded') {
      const seconds = (performance.now() - started) / 1000
      return { file: template.file, name: template.name, seconds, outputs: properties.outputs ?? {} }
    }
    if (properties.provisioningState === 'Failed' || properties.provisioningState === 'Canceled') {
      throw failureOf(400, { error: properties.error })
    }
    if (polls % 10 === 0) {
      const report = statusReportSchema.parse(await client.verb('status'))
      progress.show(describe(report, template))
      troubledSince = report.trouble === null ? null : (troubledSince ?? Date.now())
      if (troubledSince !== null && Date.now() - troubledSince > TROUBLE_MILLISECONDS) {
        throw new Failure({
          code: 'EngineTrouble',
          message: `Nothing is being built: ${report.trouble}.`,
          remedy: 'hsmnet doctor shows what this machine lacks; logs/agent.log in the state directory has the reason.',
        })
      }
    }
    await new Promise(resolve => setTimeout(resolve, POLL_MILLISECONDS))
  }
}

interface DeploymentProperties {
  readonly provisioningState: string
  readonly error?: unknown
  readonly outputs?: { readonly [name: string]: { readonly value: unknown } }
}

function propertiesOf(body: unknown): DeploymentProperties {
  const properties = (body as { properties?: DeploymentProperties } | undefined)?.properties
  if (typeof properties?.provisioningState !== 'string') {
    throw new Failure({ code: 'UnexpectedAnswer', message: 'The server answered something that is not a deployment.' })
  }
  return properties
}

function describe({ resources }: StatusReport, { file }: TemplateFile): string {
  const done = resources.filter(({ state }) => state === 'Succeeded').length
  const busy = resources.find(({ state }) => state !== 'Succeeded')
  const now = busy ? `, ${busy.name} ${busy.state}` : ''
  return `${file}: ${done} of ${resources.length} stand${now}`
}
