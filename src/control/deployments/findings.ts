/** What is wrong with a deployment as a whole (arm-protocol section 4). */
import { declareFinding } from '../../base/findings/finding.ts'

export const deploymentPropertiesInvalid = declareFinding<{ place: string; reason: string }>({
  code: 'InvalidDeployment',
  severity: 'error',
  status: 400,
  source: 'arm-protocol 1.4',
  message: ({ place, reason }) => `The deployment cannot be read: ${place} ${reason}.`,
  remedy: () => 'Send {"properties": {"mode": "Incremental", "template": {…}, "parameters": {…}}}.',
})

export const completeModeUnsupported = declareFinding<{ mode: string }>({
  code: 'DeploymentModeNotSupported',
  severity: 'error',
  status: 400,
  source: 'azure-facts A9.6',
  message: ({ mode }) =>
    `Mode '${mode}' is not offered: it deletes what a template leaves out, and HSMs must not go that way.`,
  remedy: () => 'Use mode Incremental and delete resources by name.',
})

export const templateLinkUnsupported = declareFinding<Record<string, never>>({
  code: 'TemplateLinkNotSupported',
  severity: 'error',
  status: 400,
  source: 'arm-templates 6',
  message: () => 'A linked template would have to be fetched from the network, which this server does not do.',
  remedy: () => 'Send the template itself in properties.template.',
})

/** Azure's own: what the preflight of a deployment found, each resource's in the details. */
export const invalidTemplateDeployment = declareFinding<{ name: string; count: number }>({
  code: 'InvalidTemplateDeployment',
  severity: 'error',
  status: 400,
  source: 'arm-protocol 4',
  message: ({ name, count }) =>
    `The template deployment '${name}' is not valid: ${count === 1 ? 'one resource was' : `${count} findings were`} refused before anything changed. See details.`,
  remedy: () => 'Mend what the details name; `hsmnet plan TEMPLATE` shows all findings and touches nothing.',
})

export const deploymentFailed = declareFinding<{ name: string }>({
  code: 'DeploymentFailed',
  severity: 'error',
  status: 409,
  source: 'arm-protocol 4',
  message: ({ name }) => `At least one resource of deployment '${name}' failed. See details.`,
  remedy: () => 'Mend what the details name and deploy again: what already stands is left as it is.',
})

export const deploymentActive = declareFinding<{ name: string }>({
  code: 'DeploymentActive',
  severity: 'error',
  status: 409,
  source: 'arm-protocol 4',
  message: ({ name }) => `Deployment '${name}' is still running and cannot be replaced.`,
  remedy: () => 'Wait until it ends, or use another name.',
})

export const deploymentNotFound = declareFinding<{ name: string }>({
  code: 'DeploymentNotFound',
  severity: 'error',
  status: 404,
  source: 'arm-protocol 4',
  message: ({ name }) => `Deployment '${name}' could not be found.`,
  remedy: () => 'List deployments of the resource group.',
})

export const deploymentNameInvalid = declareFinding<{ name: string }>({
  code: 'InvalidDeploymentName',
  severity: 'error',
  status: 400,
  source: 'azure-facts C6.5',
  message: ({ name }) => `The deployment name '${name}' is invalid.`,
  remedy: () => 'Use 1 to 64 letters, digits, "_", "-", "." or parentheses.',
})

export const nestedTooDeep = declareFinding<{ limit: number }>({
  code: 'NestedDeploymentTooDeep',
  severity: 'error',
  status: 400,
  source: 'arm-templates 6',
  message: ({ limit }) => `Deployments are nested more than ${limit} deep.`,
  remedy: () => 'Flatten the template.',
})

export const resourceNotBuilt = declareFinding<{ id: string; reason: string }>({
  code: 'ResourceDeploymentFailure',
  severity: 'error',
  status: 409,
  source: 'arm-protocol 1.5',
  message: ({ id, reason }) => `${id} did not reach Succeeded: ${reason}.`,
  remedy: () => 'See `hsmnet status` and `hsmnet doctor`.',
})

export const deploymentLost = declareFinding<{ name: string; message?: string }>({
  code: 'DeploymentLost',
  severity: 'error',
  status: 500,
  source: 'design, decision 11',
  message: ({ name, message }) =>
    message === undefined
      ? `Deployment '${name}' could not be taken up again: what it was to deploy cannot be unsealed.`
      : `Deployment '${name}' ended by a fault of hsmnet itself: ${message}.`,
  remedy: () => 'Deploy again: what already stands is left as it is.',
})

export const deploymentNotRunning = declareFinding<{ name: string }>({
  code: 'DeploymentCannotBeCancelled',
  severity: 'error',
  status: 409,
  source: 'arm-protocol 4',
  message: ({ name }) => `Deployment '${name}' does not run, so it cannot be cancelled.`,
  remedy: () => 'Nothing is to be done.',
})
