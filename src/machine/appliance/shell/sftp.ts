/** Serves the virtual directory over SFTP, which scp of today speaks too. */
import ssh2, { type Attributes, type SFTPWrapper } from 'ssh2'
import { nameIn, type VirtualDirectory } from './virtual-directory.ts'

const { STATUS_CODE: STATUS, OPEN_MODE } = ssh2.utils.sftp
const DIRECTORY_MODE = 0o40700
const FILE_MODE = 0o100600
/** What is sent is a certificate; more is cut off before it is held. */
const LARGEST_FILE = 64 * 1024

type Handle =
  | { readonly kind: 'directory'; listed: boolean }
  | { readonly kind: 'reading'; readonly name: string; readonly bytes: Buffer }
  | { readonly kind: 'writing'; readonly name: string; bytes: Buffer }

export function serveSftp(sftp: SFTPWrapper, directory: VirtualDirectory): void {
  const handles = new Map<number, Handle>()
  let last = 0
  const open = (id: number, handle: Handle) => {
    handles.set(++last, handle)
    const name = Buffer.alloc(4)
    name.writeUInt32BE(last)
    sftp.handle(id, name)
  }
  const handleOf = (name: Buffer) => (name.length === 4 ? handles.get(name.readUInt32BE(0)) : undefined)
  const status = (id: number, file: string) => {
    const name = nameIn(file)
    const entry = name === null ? null : directory.find(name)
    if (name === '') sftp.attrs(id, attributes(DIRECTORY_MODE, 0))
    else if (entry) sftp.attrs(id, attributes(FILE_MODE, entry.size))
    else sftp.status(id, STATUS.NO_SUCH_FILE)
  }

  sftp.on('REALPATH', (id, file) => {
    const name = nameIn(file)
    if (name === null) sftp.status(id, STATUS.NO_SUCH_FILE)
    else sftp.name(id, [{ filename: `/${name}`, longname: `/${name}`, attrs: attributes(DIRECTORY_MODE, 0) }])
  })
  sftp.on('STAT', status)
  sftp.on('LSTAT', status)
  sftp.on('OPENDIR', (id, file) => {
    if (nameIn(file) === '') open(id, { kind: 'directory', listed: false })
    else sftp.status(id, STATUS.NO_SUCH_FILE)
  })
  sftp.on('READDIR', (id, name) => {
    const handle = handleOf(name)
    if (handle?.kind !== 'directory') return void sftp.status(id, STATUS.FAILURE)
    if (handle.listed) return void sftp.status(id, STATUS.EOF)
    handle.listed = true
    const entries = directory.list().map(({ name, size }) => ({
      filename: name,
      longname: `-rw------- 1 tenantadmin tenantadmin ${size} ${name}`,
      attrs: attributes(FILE_MODE, size),
    }))
    sftp.name(id, entries)
  })
  sftp.on('OPEN', (id, file, mode) => {
    const name = nameIn(file)
    if (name === null || name === '') return void sftp.status(id, STATUS.PERMISSION_DENIED)
    if ((mode & OPEN_MODE.WRITE) !== 0) return open(id, { kind: 'writing', name, bytes: Buffer.alloc(0) })
    const bytes = directory.read(name)
    if (bytes) open(id, { kind: 'reading', name, bytes })
    else sftp.status(id, directory.find(name) ? STATUS.PERMISSION_DENIED : STATUS.NO_SUCH_FILE)
  })
  sftp.on('READ', (id, name, offset, length) => {
    const handle = handleOf(name)
    if (handle?.kind !== 'reading') sftp.status(id, STATUS.FAILURE)
    else if (offset >= handle.bytes.length) sftp.status(id, STATUS.EOF)
    else sftp.data(id, handle.bytes.subarray(offset, offset + length))
  })
  sftp.on('WRITE', (id, name, offset, data) => {
    const handle = handleOf(name)
    const end = offset + data.length
    if (handle?.kind !== 'writing' || end > LARGEST_FILE) return void sftp.status(id, STATUS.FAILURE)
    const bytes = Buffer.alloc(Math.max(handle.bytes.length, end))
    handle.bytes.copy(bytes)
    data.copy(bytes, offset)
    handle.bytes = bytes
    sftp.status(id, STATUS.OK)
  })
  sftp.on('CLOSE', (id, name) => {
    const handle = handleOf(name)
    if (name.length === 4) handles.delete(name.readUInt32BE(0))
    const written = handle?.kind === 'writing' ? directory.write(handle.name, handle.bytes) : null
    if (written && !written.ok) sftp.status(id, STATUS.FAILURE, written.reason)
    else sftp.status(id, STATUS.OK)
  })
  sftp.on('FSTAT', (id, name) => {
    const handle = handleOf(name)
    if (!handle) sftp.status(id, STATUS.FAILURE)
    else if (handle.kind === 'directory') sftp.attrs(id, attributes(DIRECTORY_MODE, 0))
    else sftp.attrs(id, attributes(FILE_MODE, handle.bytes.length))
  })
  // scp sets times and modes; they mean nothing here.
  sftp.on('SETSTAT', id => sftp.status(id, STATUS.OK))
  sftp.on('FSETSTAT', id => sftp.status(id, STATUS.OK))
  sftp.on('REMOVE', (id, file) => {
    const name = nameIn(file)
    sftp.status(id, name !== null && directory.remove(name) ? STATUS.OK : STATUS.PERMISSION_DENIED)
  })
  sftp.on('end', () => finish(sftp))
}

/**
 * Without an exit status scp returns 1, and without the end it hangs; ssh2 has no public call for the first
 * (recipes/processes, "SSH").
 */
function finish(sftp: SFTPWrapper): void {
  const { _protocol: protocol, outgoing } = sftp as unknown as {
    readonly _protocol: { exitStatus(channel: number, code: number): void }
    readonly outgoing: { readonly id: number }
  }
  protocol.exitStatus(outgoing.id, 0)
  sftp.end()
}

function attributes(mode: number, size: number): Attributes {
  return { mode, size, uid: 0, gid: 0, atime: 0, mtime: 0 }
}
