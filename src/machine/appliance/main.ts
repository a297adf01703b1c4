/** Wires the appliance: one HSM, a process of its own. `hsmnet @appliance --state DIR`. */
import { X509Certificate } from 'node:crypto'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { fingerprintOf } from '../../base/pki/fingerprint.ts'
import { controlError, listenControl } from '../../base/process/control-socket.ts'
import { sayReady, stopOnSignals } from '../../base/process/daemon.ts'
import { AuditLog } from './audit-log.ts'
import type { ApplianceConfig } from './config.ts'
import { Device } from './device.ts'
import { deviceState, loadConfig } from './device-state.ts'
import { type ApplianceIdentity, openIdentity } from './identity.ts'
import { NtlsServer } from './ntls/server.ts'
import { SshServer } from './shell/ssh-server.ts'
import { VirtualDirectory } from './shell/virtual-directory.ts'

export async function applianceMain(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { state: { type: 'string' } } })
  if (values.state === undefined) throw new Error('--state DIR is missing')
  // Its own files, its socket and SoftHSM's: nobody else's.
  process.umask(0o077)
  const directory = path.resolve(values.state)
  const config = loadConfig(directory)
  const identity = openIdentity(directory, config.address)
  const audit = new AuditLog(path.join(directory, 'audit.log'))
  const device = new Device(directory, config, audit, log)

  const ntls = ntlsOf(device, config, identity)
  const ssh = sshOf(device, ntls, config, identity)
  const control = await listenControl(path.join(directory, 'control.sock'), async request =>
    isStatus(request)
      ? deviceState(device.record, config.serial, ntls.listening, true)
      : controlError('UnknownOperation', 'an appliance answers status only'),
  )
  await ssh.listen()
  // Until the delivered password is changed, 1792 stays closed (azure-facts A10.6).
  if (device.record.admin.password !== null) await ntls.listen()

  stopOnSignals(async () => {
    control.close()
    ssh.close()
    await ntls.close()
    audit.flush()
  })
  sayReady()
}

function ntlsOf(device: Device, config: ApplianceConfig, { certificate, key }: ApplianceIdentity): NtlsServer {
  const ntls = new NtlsServer(device, {
    certificate,
    key,
    address: config.address,
    port: config.ntlsPort,
    program: { remote: config.remote, module: config.module },
  })
  device.serveBy(ntls)
  return ntls
}

function sshOf(device: Device, ntls: NtlsServer, config: ApplianceConfig, identity: ApplianceIdentity): SshServer {
  const fingerprint = fingerprintOf(new X509Certificate(identity.certificate))
  return new SshServer({
    device,
    ntls: {
      fingerprint,
      get listening() {
        return ntls.listening
      },
      listen: () => ntls.listen(),
    },
    directory: new VirtualDirectory(device, new Map([['server.pem', Buffer.from(identity.certificate)]])),
    hostKey: identity.hostKey,
    address: config.address,
    port: config.sshPort,
  })
}

function isStatus(request: unknown): boolean {
  return typeof request === 'object' && request !== null && 'op' in request && request.op === 'status'
}

function log(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`)
}
