/** Names in messages: a template may hold thousands, each a million characters long. */

const MAX_NAME = 200
const MAX_NAMES = 20

/** A name, cut where nobody would read on. */
export function clipped(name: string): string {
  return name.length > MAX_NAME ? `${name.slice(0, MAX_NAME)}…` : name
}

/** Names joined with commas, so many as anybody would read. */
export function listed(names: readonly string[], separator = ', '): string {
  const shown = names.slice(0, MAX_NAMES).map(clipped).join(separator)
  return names.length > MAX_NAMES ? `${shown} and ${names.length - MAX_NAMES} more` : shown
}
