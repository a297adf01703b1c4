/** What the real p11-kit 0.24.1 said and heard (recorded by test/device/record-golden.ts), through the codec. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { callById } from '../../../../src/base/pkcs11/calls.ts'
import { CKR } from '../../../../src/base/pkcs11/constants.ts'
import { encodeRequest, parseRequest, parseResponse, responseBody } from '../../../../src/base/pkcs11/message.ts'

interface Message {
  readonly from: 'application' | 'library'
  readonly call: number
  readonly body: string
}

const file = path.join(import.meta.dirname, 'golden', 'p11-kit-0.24.1.json')
const messages: readonly Message[] = JSON.parse(readFileSync(file, 'utf8'))

for (const { from, call, body } of messages) {
  const name = callById(call)?.name ?? 'C_Initialize'
  const bytes = Buffer.from(body, 'hex')
  test(`${name} of the ${from}, ${bytes.length} bytes`, () => {
    if (from === 'application') {
      const read = parseRequest(bytes, 0)
      assert.ok(read.ok && read.value.known, read.ok ? '' : read.reason)
      assert.equal(read.value.request.call.name, name)
      assert.deepEqual(encodeRequest(read.value.request, 0), bytes)
      const translated = encodeRequest(read.value.request, 2)
      const back = translated && parseRequest(translated, 2)
      assert.ok(back?.ok && back.value.known, 'dialect 2 can say it too')
      assert.deepEqual(back.value.request, read.value.request)
    } else {
      const read = parseResponse(bytes, name)
      assert.ok(read.ok, read.ok ? '' : read.reason)
      if (read.value.rv === CKR.OK && read.value.values)
        assert.deepEqual(responseBody(name, ...read.value.values), bytes)
    }
  })
}
