/** What is wrong with a request before any rule of the network is asked (arm-protocol section 4). */
import { declareFinding } from '../../base/findings/finding.ts'

export const invalidRequestFormat = declareFinding<{ place: string; reason: string }>({
  code: 'InvalidRequestFormat',
  severity: 'error',
  status: 400,
  source: 'arm-protocol 4',
  message: ({ place, reason }) => `Cannot parse the request: ${place} ${reason}.`,
  remedy: ({ place }) => `Correct ${place} in the body of the request.`,
})

export const invalidAddressPrefixFormat = declareFinding<{ place: string; reason: string }>({
  code: 'InvalidAddressPrefixFormat',
  severity: 'error',
  status: 400,
  source: 'arm-protocol 4',
  message: ({ place, reason }) =>
    `Address prefix at ${place}: ${reason}. It should follow CIDR notation, for example 10.0.0.0/24.`,
  remedy: ({ place }) => `Write a network address and a length at ${place}.`,
})

export const invalidIpAddressFormat = declareFinding<{ place: string; reason: string }>({
  code: 'InvalidIPAddressFormat',
  severity: 'error',
  status: 400,
  source: 'arm-protocol 4',
  message: ({ place, reason }) => `IP address at ${place}: ${reason}.`,
  remedy: ({ place }) =>
    `Write four decimal numbers from 0 to 255 without leading zeros at ${place}, for example 10.0.0.4.`,
})

export const linkedInvalidPropertyId = declareFinding<{ place: string; reason: string }>({
  code: 'LinkedInvalidPropertyId',
  severity: 'error',
  status: 400,
  source: 'arm-protocol 4',
  message: ({ place, reason }) => `Property id at ${place} is invalid: ${reason}.`,
  remedy: () => "Give the resource's full id; in a template, resourceId('type', 'name') makes it.",
})

export const invalidResourceReference = declareFinding<{ place: string; id: string }>({
  code: 'InvalidResourceReference',
  severity: 'error',
  status: 400,
  source: 'arm-protocol 4',
  message: ({ place, id }) => `Resource ${id} referenced at ${place} was not found.`,
  remedy: ({ id }) => `Create ${id} first; in a template, name it in dependsOn.`,
})

export const invalidResourceName = declareFinding<{ name: string; words: string }>({
  code: 'InvalidResourceName',
  severity: 'error',
  status: 400,
  source: 'azure-facts C6.7',
  message: ({ name, words }) => `Resource name '${name}' is invalid: a name has ${words}.`,
  remedy: () => 'Choose another name.',
})

export const invalidResourceType = declareFinding<{ type: string; known: readonly string[] }>({
  code: 'InvalidResourceType',
  severity: 'error',
  status: 400,
  source: 'arm-protocol 4',
  message: ({ type }) => `The resource type '${type}' is not known here, so it would be a promise that nothing keeps.`,
  remedy: ({ known }) => `Leave it out, or use one of: ${known.join(', ')}.`,
})

export const locationRequired = declareFinding<{ type: string }>({
  code: 'LocationRequired',
  severity: 'error',
  status: 400,
  source: 'arm-protocol 1.4',
  message: ({ type }) => `The location property is required for a resource of type ${type}.`,
  remedy: () => 'Add "location", for example "[resourceGroup().location]" in a template.',
})

export const locationNotAvailable = declareFinding<{ location: string; type: string; offered: readonly string[] }>({
  code: 'LocationNotAvailableForResourceType',
  severity: 'error',
  status: 400,
  source: 'azure-facts A4.5',
  message: ({ location, type }) => `The location '${location}' is not available for resource type '${type}'.`,
  remedy: ({ offered }) => `Use one of: ${offered.join(', ')}.`,
})

export const invalidResourceLocation = declareFinding<{ was: string; is: string }>({
  code: 'InvalidResourceLocation',
  severity: 'error',
  status: 409,
  source: 'arm-protocol 4',
  message: ({ was, is }) =>
    `The resource already exists in location '${was}'; it cannot be created in location '${is}'.`,
  remedy: ({ was }) => `Use location '${was}', or delete the resource first.`,
})

export const resourceNotFound = declareFinding<{ type: string; name: string; group: string }>({
  code: 'ResourceNotFound',
  severity: 'error',
  status: 404,
  source: 'arm-protocol 4',
  message: ({ type, name, group }) => `The Resource '${type}/${name}' under resource group '${group}' was not found.`,
  remedy: () => 'Check the name with `hsmnet status`.',
})

export const parentResourceNotFound = declareFinding<{ parent: string }>({
  code: 'ParentResourceNotFound',
  severity: 'error',
  status: 404,
  source: 'arm-protocol 4',
  message: ({ parent }) =>
    `Failed to perform the operation on the nested resource: its parent ${parent} was not found.`,
  remedy: ({ parent }) => `Create ${parent} first; in a template, name it in dependsOn.`,
})

export const resourceGroupNotFound = declareFinding<{ group: string }>({
  code: 'ResourceGroupNotFound',
  severity: 'error',
  status: 404,
  source: 'arm-protocol 4',
  message: ({ group }) => `Resource group '${group}' could not be found.`,
  remedy: ({ group }) => `Create it: hsmnet up TEMPLATE -g ${group}, or az group create --name ${group}.`,
})

export const preconditionFailed = declareFinding<{ given: string; actual: string }>({
  code: 'PreconditionFailed',
  severity: 'error',
  status: 412,
  source: 'arm-protocol 4',
  message: ({ given, actual }) =>
    `Etag provided in if-match header ${given} does not match etag ${actual} of the resource.`,
  remedy: () => 'Read the resource again and send the change with its present etag.',
})

export const notPlannable = declareFinding<{ reason: string }>({
  code: 'NotPlannable',
  severity: 'error',
  status: 400,
  source: 'docs/adr/0003',
  message: ({ reason }) => `What this asks for cannot be said in a plan: ${reason}.`,
  remedy: () => 'Use plain names and addresses; and report it: a rule should have said so.',
})

export const managedResource = declareFinding<{ owner: string }>({
  code: 'ResourceManagedByAnother',
  severity: 'error',
  status: 409,
  source: 'azure-facts A5.18',
  message: ({ owner }) => `This resource belongs to ${owner}, which alone changes or deletes it.`,
  remedy: ({ owner }) => `Change or delete ${owner}.`,
})

export const recordedOnly = declareFinding<{ type: string; what: string }>({
  code: 'RecordedOnly',
  severity: 'warning',
  source: 'design, decision 3',
  message: ({ type, what }) => `${type} is recorded only: ${what}.`,
  remedy: () => 'Do not rely on it here.',
})

export const groupIsReferenced = declareFinding<{ group: string; users: readonly string[] }>({
  code: 'ResourceGroupInUse',
  severity: 'error',
  status: 409,
  source: 'azure-facts A7.10b, J2.4',
  message: ({ group, users }) =>
    `Resources outside of resource group '${group}' depend on resources inside: ${users.join(', ')}.`,
  remedy: () => 'Delete those first.',
})
