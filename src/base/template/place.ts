/** A place in a template: the path from its root, built on the way down and spelt out only when a finding needs it. */

export interface Place {
  readonly parent: Place | undefined
  readonly key: string | number
}

export function placeIn(parent: Place | undefined, key: string | number): Place {
  return { parent, key }
}

/** `resources[0].properties.subnets[1].name`; keys that are not plain names are quoted: `tags['a b']`. */
export function formatPlace(place: Place | undefined): string {
  let text = ''
  for (let at = place; at !== undefined; at = at.parent) text = step(at) + text
  return text
}

function step({ parent, key }: Place): string {
  if (typeof key === 'number') return `[${key}]`
  if (!/^[\w$-]+$/.test(key)) return `['${key.replaceAll("'", "''")}']`
  return parent === undefined ? key : `.${key}`
}
