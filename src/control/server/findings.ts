/** What is wrong with an HTTP request before it is about a resource (arm-protocol section 4). */
import { declareFinding } from '../../base/findings/finding.ts'

export const authenticationFailed = declareFinding<{ reason: string }>({
  code: 'AuthenticationFailed',
  severity: 'error',
  status: 401,
  source: 'arm-protocol 4',
  message: ({ reason }) => `Authentication failed. ${reason}`,
  remedy: () => 'Send "Authorization: Bearer TOKEN" with the token of connection.json in the state directory.',
})

export const missingApiVersion = declareFinding<Record<string, never>>({
  code: 'MissingApiVersionParameter',
  severity: 'error',
  status: 400,
  source: 'arm-protocol 4',
  message: () => 'The api-version query parameter (?api-version=) is required for all requests.',
  remedy: () => 'Add ?api-version=2024-03-01, or the version of your client.',
})

export const invalidApiVersion = declareFinding<{ version: string }>({
  code: 'InvalidApiVersionParameter',
  severity: 'error',
  status: 400,
  source: 'arm-protocol 4',
  message: ({ version }) => `The api-version '${version}' is invalid.`,
  remedy: () => "Write it as a date, for example '2024-03-01', with '-preview' after it where that is meant.",
})

export const requestTooLarge = declareFinding<{ limit: number }>({
  code: 'RequestEntityTooLarge',
  severity: 'error',
  status: 413,
  source: 'arm-templates 6',
  message: ({ limit }) => `The request body is larger than ${limit / 1024 / 1024} MiB.`,
  remedy: () => 'Split the template: ARM takes 4 MiB at the most.',
})

export const subscriptionNotFound = declareFinding<{ subscription: string }>({
  code: 'SubscriptionNotFound',
  severity: 'error',
  status: 404,
  source: 'arm-protocol 4',
  message: ({ subscription }) => `The subscription '${subscription}' could not be found.`,
  remedy: () => 'Use the subscription that `hsmnet env` prints.',
})

export const pathNotFound = declareFinding<{ method: string; path: string }>({
  code: 'InvalidResourcePath',
  severity: 'error',
  status: 404,
  source: 'arm-protocol 4',
  message: ({ method, path }) => `${method} ${path} is nothing that is known here.`,
  remedy: () =>
    'Check the path against the REST reference of the type; types that we know are listed under GET /subscriptions/{id}/providers.',
})

export const methodNotAllowed = declareFinding<{ method: string; type: string }>({
  code: 'MethodNotAllowed',
  severity: 'error',
  status: 405,
  source: 'arm-protocol 4',
  message: ({ method, type }) => `${method} is not a method of ${type}.`,
  remedy: () => 'Use GET, PUT, PATCH or DELETE.',
})

export const operationNotFound = declareFinding<{ id: string }>({
  code: 'OperationNotFound',
  severity: 'error',
  status: 404,
  source: 'arm-protocol 1.5',
  message: ({ id }) => `The operation '${id}' was not found; operations are kept for a day.`,
  remedy: () => 'Read the resource itself.',
})

export const internalError = declareFinding<{ request: string }>({
  code: 'InternalServerError',
  severity: 'error',
  status: 500,
  source: 'house-style 10',
  message: ({ request }) => `Something is wrong in hsmnet itself; the log has it under request ${request}.`,
  remedy: () => 'Read logs/server.log in the state directory and report it.',
})

export const realiseFailed = declareFinding<{ message: string }>({
  code: 'RealisationFailed',
  severity: 'error',
  status: 500,
  source: 'design, decision 5',
  message: ({ message }) => `The machine could not build it: ${message}.`,
  remedy: () => 'See `hsmnet status` and `hsmnet doctor`.',
})
