/** Work on many items, a few at a time. */
import { availableParallelism } from 'node:os'

/** One more than there are processors: while one piece waits, another computes. */
const AT_ONCE = availableParallelism() + 1

/** Calls `work` once an item, `atOnce` at a time; answers in the order of the items. Rejects as soon as one rejects. */
export async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  atOnce = AT_ONCE,
): Promise<R[]> {
  const results: R[] = []
  const queue = items.entries()
  const worker = async () => {
    for (const [at, item] of queue) results[at] = await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
  return results
}
