import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatAddress, parseAddress } from '../../../../src/base/net/address.ts'

test('addresses that are read', () => {
  const rows: [text: string, address: number][] = [
    ['0.0.0.0', 0],
    ['10.2.0.4', 0x0a020004],
    ['127.0.0.1', 0x7f000001],
    ['128.0.0.0', 0x80000000],
    ['255.255.255.255', 0xffffffff],
  ]
  for (const [text, address] of rows) assert.deepEqual(parseAddress(text), { ok: true, value: address }, text)
})

test('what looks like an address and is refused', () => {
  const rows: [text: string, reason: RegExp][] = [
    ['010.0.0.1', /leading zero.*octal/],
    ['10.00.0.1', /leading zero/],
    ['10.1', /four decimal numbers/],
    ['10', /four decimal numbers/],
    ['10.0.0.0.1', /four decimal numbers/],
    ['10..0.1', /four decimal numbers/],
    ['10.0.0.', /four decimal numbers/],
    ['.10.0.0', /four decimal numbers/],
    ['', /four decimal numbers/],
    ['0x0a.0.0.1', /four decimal numbers/],
    ['+10.0.0.1', /four decimal numbers/],
    ['-1.0.0.1', /four decimal numbers/],
    [' 10.0.0.1', /four decimal numbers/],
    ['10.0.0.1 ', /four decimal numbers/],
    ['10.0.0.1\n', /four decimal numbers/],
    ['10.0.0.1/24', /four decimal numbers/],
    ['1e1.0.0.1', /four decimal numbers/],
    ['١٠.0.0.1', /four decimal numbers/],
    ['256.0.0.1', /at most 255/],
    ['10.0.0.99999999999999999999', /at most 255/],
    ['9'.repeat(1000), /^.{0,200}$/],
  ]
  for (const [text, reason] of rows) {
    const result = parseAddress(text)
    assert.equal(result.ok, false, text)
    assert.match(result.ok ? '' : result.reason, reason, text)
  }
})

test('formatting and parsing are inverse', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffffff }), address => {
      assert.deepEqual(parseAddress(formatAddress(address)), { ok: true, value: address })
    }),
  )
})
