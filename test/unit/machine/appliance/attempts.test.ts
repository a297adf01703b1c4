import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Attempts } from '../../../../src/machine/appliance/token/attempts.ts'

/** A disk that remembers one number, and how often it was written. */
function disk(count = 0) {
  const state = { count, writes: 0 }
  const save = (next: number) => {
    state.count = next
    state.writes++
  }
  return { state, save }
}

test('an attempt is on disk before it is made', () => {
  const { state, save } = disk()
  new Attempts({ limit: 3, slack: 0 }, 0, save).reserve()
  assert.equal(state.count, 1)
})

test('a row of right PINs writes once, with slack; each time without', () => {
  for (const [slack, writes] of [
    [1, 1],
    [0, 20],
  ] as const) {
    const { state, save } = disk()
    const attempts = new Attempts({ limit: 10, slack }, 0, save)
    for (let time = 0; time < 10; time++) {
      attempts.reserve()
      attempts.right()
    }
    assert.equal(state.writes, writes, `slack ${slack}`)
    assert.equal(attempts.left, 10)
  }
})

test('however it is killed and started, nobody gets more wrong PINs in a row than the limit', () => {
  const step = fc.constantFrom('wrong', 'killed while trying', 'killed')
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.constantFrom<0 | 1>(0, 1), (steps, slack) => {
      const limit = { limit: 10, slack }
      const { state, save } = disk()
      let attempts = new Attempts(limit, 0, save)
      let tried = 0
      for (const step of steps) {
        if (step !== 'killed') {
          if (attempts.left === 0) continue
          attempts.reserve()
          tried++
        }
        if (step === 'wrong') attempts.wrong()
        else attempts = new Attempts(limit, state.count, save)
      }
      assert.ok(tried <= 10)
    }),
  )
})

test('a right PIN forgives, on disk too', () => {
  const { state, save } = disk()
  const attempts = new Attempts({ limit: 10, slack: 1 }, 0, save)
  for (let time = 0; time < 9; time++) {
    attempts.reserve()
    attempts.wrong()
  }
  assert.equal(attempts.left, 1)
  attempts.reserve()
  attempts.right()
  assert.equal(attempts.left, 10)
  assert.ok(state.count <= 1)
})
