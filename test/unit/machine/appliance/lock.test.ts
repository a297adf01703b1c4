import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { type LockMode, TokenLock } from '../../../../src/machine/appliance/token/lock.ts'

/** Asks for the lock in each mode, in order; answers who is inside, and lets each go by its number. */
function crowd(...modes: readonly LockMode[]) {
  const lock = new TokenLock()
  const inside = new Set<number>()
  const leave = modes.map((mode, number) => {
    const left = Promise.withResolvers<void>()
    void lock.hold(mode, async () => {
      inside.add(number)
      await left.promise
      inside.delete(number)
    })
    return left.resolve
  })
  return {
    inside: async () => {
      await turn()
      return [...inside].sort()
    },
    leave: (number: number) => leave[number]?.(),
  }
}

const ENTRY: readonly [string, readonly LockMode[], readonly number[]][] = [
  ['readers go together', ['shared', 'shared'], [0, 1]],
  ['a writer goes with readers', ['shared', 'writer', 'shared'], [0, 1, 2]],
  ['writers do not go together', ['writer', 'writer'], [0]],
  ['a reader passes a writer that waits', ['writer', 'writer', 'shared'], [0, 2]],
  ['an exclusive one goes alone', ['exclusive', 'shared', 'writer', 'exclusive'], [0]],
  ['an exclusive one waits for a reader', ['shared', 'exclusive'], [0]],
  ['nobody passes an exclusive one that waits', ['shared', 'exclusive', 'shared', 'writer'], [0]],
]
for (const [name, modes, inside] of ENTRY) {
  test(name, async () => {
    assert.deepEqual(await crowd(...modes).inside(), inside)
  })
}

test('when one leaves, those who waited enter in order', async () => {
  const { inside, leave } = crowd('shared', 'exclusive', 'shared', 'writer', 'exclusive', 'shared')
  leave(0)
  assert.deepEqual(await inside(), [1])
  leave(1)
  assert.deepEqual(await inside(), [2, 3])
  leave(3)
  assert.deepEqual(await inside(), [2])
  leave(2)
  assert.deepEqual(await inside(), [4])
  leave(4)
  assert.deepEqual(await inside(), [5])
})

test('work that fails leaves the lock, and its error comes out', async () => {
  const lock = new TokenLock()
  await assert.rejects(
    lock.hold('exclusive', async () => {
      throw new Error('failed')
    }),
    /failed/,
  )
  assert.equal(await lock.hold('exclusive', async () => 'next'), 'next')
})

test('whatever comes in whatever order: never two that do not go together, and everyone gets in', async () => {
  const mode = fc.constantFrom<LockMode>('shared', 'writer', 'exclusive')
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(mode, fc.nat({ max: 3 })), { maxLength: 30 }), async asked => {
      const lock = new TokenLock()
      const now = { shared: 0, writer: 0, exclusive: 0 }
      const hold = async (mode: LockMode, turns: number) => {
        await lock.hold(mode, async () => {
          now[mode]++
          const others = now.shared + now.writer + now.exclusive - 1
          assert.ok(now.writer <= 1 && (now.exclusive === 0 || others === 0), JSON.stringify(now))
          for (let left = turns; left > 0; left--) await turn()
          now[mode]--
        })
      }
      await Promise.all(asked.map(([mode, turns]) => hold(mode, turns)))
    }),
    { numRuns: 50 },
  )
})
