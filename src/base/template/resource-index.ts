/** Finds the resources of a template by whatever `dependsOn` and `reference` call them (arm-templates 6, item 3). */
import type { Draft } from './draft.ts'
import { idKey } from './resource-id.ts'

export interface Found {
  readonly drafts: readonly Draft[]
  /** True where all are meant, because the text names a loop; else more than one is ambiguous. */
  readonly all: boolean
}

const NOTHING: Found = { drafts: [], all: false }

export class ResourceIndex {
  readonly #symbols = new Map<string, Draft[]>()
  readonly #loops = new Map<string, Draft[]>()
  readonly #ids = new Map<string, Draft[]>()
  /** By id without its scope: `Microsoft.Network/virtualNetworks/v1/subnets/s1`. */
  readonly #relativeIds = new Map<string, Draft[]>()
  /** By type and name: `Microsoft.Network/virtualNetworks/subnets/v1/s1`. */
  readonly #typed = new Map<string, Draft[]>()
  readonly #names = new Map<string, Draft[]>()

  constructor(drafts: readonly Draft[]) {
    for (const draft of drafts) {
      const { symbol, loop } = draft
      if (symbol !== undefined) put(this.#symbols, symbol, draft)
      if (symbol !== undefined && loop !== undefined) put(this.#symbols, `${symbol}[${loop.index}]`, draft)
      if (loop !== undefined) put(this.#loops, loop.name, draft)
      put(this.#ids, idKey(draft.id), draft)
      put(this.#relativeIds, withoutScope(draft.id), draft)
      put(this.#typed, `${draft.type}/${draft.name}`, draft)
      put(this.#names, draft.name, draft)
    }
  }

  /**
   * What a text may mean. An id in another scope than the deployment's also finds the resource of that type and name:
   * nested deployments into other groups are often named so.
   */
  find(text: string): Found {
    const word = text.toLowerCase().replace(/\/+$/, '')
    const group = text.startsWith('/') ? undefined : (this.#symbols.get(word) ?? this.#loops.get(word))
    if (group) return { drafts: group, all: true }
    const drafts = text.startsWith('/')
      ? (this.#ids.get(idKey(text)) ?? this.#relativeIds.get(withoutScope(word)))
      : (this.#relativeIds.get(word) ?? this.#typed.get(word) ?? this.#names.get(word))
    return drafts ? { drafts, all: false } : NOTHING
  }

  /** What a text means once false conditions have left theirs out; where all are left out, those. */
  standing(text: string): readonly Draft[] {
    const { drafts } = this.find(text)
    const standing = drafts.filter(({ deployed, existing }) => deployed || existing)
    return standing.length > 0 ? standing : drafts
  }

  /** Everything that can be named, for "did you mean". */
  words(): string[] {
    return [this.#symbols, this.#loops, this.#names, this.#relativeIds].flatMap(map => [...map.keys()])
  }
}

function withoutScope(id: string): string {
  return id.replace(/^.*\/providers\//i, '').replace(/\/+$/, '')
}

function put(map: Map<string, Draft[]>, key: string, draft: Draft): void {
  const folded = key.toLowerCase()
  const same = map.get(folded)
  if (same) same.push(draft)
  else map.set(folded, [draft])
}
