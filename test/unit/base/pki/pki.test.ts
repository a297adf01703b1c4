import assert from 'node:assert/strict'
import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { issueServer, newAuthority } from '../../../../src/base/pki/authority.ts'
import { fingerprintOf, parseCertificate } from '../../../../src/base/pki/fingerprint.ts'
import { openSealer } from '../../../../src/base/pki/sealing.ts'
import { selfSigned } from '../../../../src/base/pki/self-signed.ts'
import { openTrustRoot } from '../../../../src/base/pki/trust-root.ts'

let directory = ''
before(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'pki-'))
})
after(() => rmSync(directory, { recursive: true }))

test('a self-signed certificate names its address and matches its key', async () => {
  const { certificate, key } = selfSigned({ commonName: 'hsm1, CN=other', ips: ['10.2.1.4'] })
  const read = new X509Certificate(certificate)
  assert.equal(read.checkIP('10.2.1.4'), '10.2.1.4')
  assert.equal(read.subject, 'CN=hsm1\\, CN=other', 'a name is data, never more names')
  assert.ok(read.verify(read.publicKey))
  assert.ok(read.checkPrivateKey(createPrivateKey(key)))
})

test('two certificates of the same name are not the same certificate', async () => {
  const [a, b] = [selfSigned({ commonName: 'hsm1' }), selfSigned({ commonName: 'hsm1' })]
  assert.notEqual(fingerprintOf(new X509Certificate(a.certificate)), fingerprintOf(new X509Certificate(b.certificate)))
})

test('parseCertificate takes exactly one certificate and never a key', async () => {
  const { certificate, key } = selfSigned({ commonName: 'vm1' })
  const rows: [string, string, RegExp | null][] = [
    ['one certificate', certificate, null],
    ['a key beside it', certificate + key, /private key/],
    ['two', certificate + certificate, /not one PEM certificate/],
    ['nothing', '', /not one PEM certificate/],
    ['garbage inside', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', /cannot|not a certificate/],
  ]
  for (const [name, pem, refusal] of rows) {
    const result = parseCertificate(pem)
    if (refusal === null) assert.ok(result.ok, name)
    else assert.match(result.ok ? 'accepted' : result.reason, refusal, name)
  }
})

test('a sealed secret opens only with its key, in its context, unchanged', () => {
  const sealer = openSealer(path.join(directory, 'seal.key'))
  const other = openSealer(path.join(directory, 'other.key'))
  const sealed = sealer.seal('pre-shared key', 'connections/a')
  const changed = Buffer.from(sealed)
  changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1)
  assert.equal(sealer.open(sealed, 'connections/a')?.toString(), 'pre-shared key')
  assert.equal(openSealer(path.join(directory, 'seal.key')).open(sealed, 'connections/a')?.toString(), 'pre-shared key')
  assert.equal(sealer.open(sealed, 'connections/b'), null)
  assert.equal(other.open(sealed, 'connections/a'), null)
  assert.equal(sealer.open(changed, 'connections/a'), null)
  assert.equal(sealer.open(randomBytes(10), 'connections/a'), null)
  assert.equal(statSync(path.join(directory, 'seal.key')).mode & 0o777, 0o600)
})

test('a key file that holds no key is an error, never a new key', () => {
  const file = path.join(directory, 'broken.key')
  writeFileSync(file, 'abc')
  assert.throws(() => openSealer(file), /does not hold a key/)
})

test('the trust root is kept, serves the loopback, and is renewed near its end', async () => {
  const root = path.join(directory, 'root')
  const first = await openTrustRoot(root)
  const leaf = new X509Certificate(first.server.certificate)
  assert.equal(leaf.checkHost('localhost'), 'localhost')
  assert.equal(leaf.checkIP('127.0.0.1'), '127.0.0.1')
  assert.ok(leaf.verify(new X509Certificate(readFileSync(first.caFile)).publicKey))
  for (const name of ['ca.key', 'server.key']) assert.equal(statSync(path.join(root, name)).mode & 0o777, 0o600, name)
  assert.deepEqual(await openTrustRoot(root), first, 'a second start changes nothing')

  const authority = {
    certificate: readFileSync(first.caFile, 'utf8'),
    key: readFileSync(path.join(root, 'ca.key'), 'utf8'),
  }
  const old = await issueServer(authority, { commonName: 'hsmnet', dns: ['localhost'], ips: ['127.0.0.1'] }, 29)
  writeFileSync(path.join(root, 'server.key'), old.key)
  writeFileSync(path.join(root, 'server.pem'), old.certificate)
  const renewed = await openTrustRoot(root)
  assert.notEqual(renewed.server.certificate, old.certificate)
  assert.equal(readFileSync(first.caFile, 'utf8'), authority.certificate, 'the authority stays')

  const ending = await newAuthority('hsmnet API', 300)
  writeFileSync(first.caFile, ending.certificate)
  writeFileSync(path.join(root, 'ca.key'), ending.key)
  await openTrustRoot(root)
  assert.notEqual(readFileSync(first.caFile, 'utf8'), ending.certificate)
})

test('a further name of the server is served', async () => {
  const { server } = await openTrustRoot(path.join(directory, 'root'), { ips: ['10.0.0.4'] })
  assert.equal(new X509Certificate(server.certificate).checkIP('10.0.0.4'), '10.0.0.4')
})
