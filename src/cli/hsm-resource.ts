/** Finds one HSM by name or id. */
import type { ArmClient } from './arm-client.ts'
import { Failure } from './failure.ts'
import { type ResourceStatus, statusReportSchema } from './status-report.ts'

export async function listHsms(client: ArmClient): Promise<ResourceStatus[]> {
  const { resources } = statusReportSchema.parse(await client.verb('status'))
  return resources.filter(({ type }) => type === 'Microsoft.HardwareSecurityModules/dedicatedHSMs')
}

export async function findHsm(client: ArmClient, name: string): Promise<ResourceStatus> {
  const all = await listHsms(client)
  const found = all.filter(
    hsm => hsm.name.toLowerCase() === name.toLowerCase() || hsm.id.toLowerCase() === name.toLowerCase(),
  )
  const [hsm, other] = found
  if (!hsm) {
    const known = all.map(one => one.name).join(', ')
    const remedy = known === '' ? 'Deploy a dedicated HSM first.' : `Use one of: ${known}.`
    throw new Failure({ code: 'HsmNotFound', message: `There is no HSM '${name}'.`, remedy })
  }
  if (other) {
    const remedy = `Give the full id: ${found.map(({ id }) => id).join(', ')}.`
    throw new Failure({ code: 'HsmAmbiguous', message: `Several HSMs are named '${name}'.`, remedy })
  }
  return hsm
}
