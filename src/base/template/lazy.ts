/** Values made at first use: parameters' defaults and variables may use each other in any order. */

/** A failure is kept and thrown again; a use of the value while it is being made calls `onCycle`. */
export function lazy<T>(make: () => T, onCycle: () => never): () => T {
  let state: (() => T) | undefined
  return () => {
    if (state) return state()
    state = onCycle
    try {
      const value = make()
      state = () => value
      return value
    } catch (error) {
      state = () => {
        throw error
      }
      throw error
    }
  }
}
