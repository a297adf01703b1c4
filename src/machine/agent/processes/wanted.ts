/** Plan → the processes that must run: one holder a host, one daemon an appliance or client. Pure. */
import { hashName, type StatePaths } from '../../../base/process/state.ts'
import type { ApplianceDaemon, ClientDaemon, Plan, PlanEndpoint } from '../../../model/plan/plan.ts'
import type { ApplianceConfig } from '../../appliance/config.ts'
import type { ClientConfig } from '../../client/config.ts'
import { namespaceName } from '../kernel/names.ts'
import { applianceDirectory, clientDirectory, hostDirectory } from '../places.ts'
import { planElements } from '../plan-elements.ts'
import { HOLDER_DIGEST } from './end.ts'

export interface WantedProcess {
  readonly kind: 'host' | 'appliance' | 'client'
  /** The plan id of the host's endpoint or of the daemon: its mark. */
  readonly id: string
  /** The plan id of the endpoint it is in. */
  readonly endpoint: string
  readonly namespace: string
  readonly hostname: string
  /** All it keeps is here. */
  readonly directory: string
  /** Of everything that it takes a new process to change. */
  readonly digest: string
  /** The text of its config.json; '' for a host. */
  readonly config: string
}

const SOFTHSM = '/usr/lib/softhsm/libsofthsm2.so'
const P11_KIT_REMOTE = '/usr/libexec/p11-kit/p11-kit-remote'

export function wantedProcesses(plan: Plan, owner: string, paths: StatePaths): WantedProcess[] {
  const { endpoints, daemons } = planElements(plan)
  return [
    ...endpoints.filter(endpoint => endpoint.kind === 'host').map(endpoint => holder(endpoint, owner, paths)),
    ...daemons.map(daemon =>
      daemon.kind === 'appliance' ? appliance(daemon, owner, paths) : client(daemon, owner, paths),
    ),
  ]
}

function holder({ id, hostname }: PlanEndpoint, owner: string, paths: StatePaths): WantedProcess {
  return {
    kind: 'host',
    id,
    endpoint: id,
    namespace: namespaceName(owner, id),
    hostname,
    directory: hostDirectory(paths, id),
    digest: HOLDER_DIGEST + hashName(hostname),
    config: '',
  }
}

function appliance(daemon: ApplianceDaemon, owner: string, paths: StatePaths): WantedProcess {
  const { id, endpoint, hostname, address, serial } = daemon
  const config: Omit<ApplianceConfig, 'sshPort' | 'ntlsPort'> = {
    hostname,
    address,
    serial,
    module: SOFTHSM,
    remote: P11_KIT_REMOTE,
  }
  const text = JSON.stringify(config)
  return {
    kind: 'appliance',
    id,
    endpoint,
    namespace: namespaceName(owner, endpoint),
    hostname,
    directory: applianceDirectory(paths, id),
    digest: hashName(text),
    config: text,
  }
}

/** Its slots are not in the digest: a client reads its configuration again when it is told to, and no application notices. */
function client({ id, endpoint, hostname, slots }: ClientDaemon, owner: string, paths: StatePaths): WantedProcess {
  const config: ClientConfig = { hostname, slots }
  return {
    kind: 'client',
    id,
    endpoint,
    namespace: namespaceName(owner, endpoint),
    hostname,
    directory: clientDirectory(paths, endpoint),
    digest: hashName(hostname),
    config: JSON.stringify(config),
  }
}
