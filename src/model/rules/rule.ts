/** A rule refuses what Azure refuses: pure, over the topology before and after a change. */
import type { Finding } from '../../base/findings/finding.ts'
import type { Document, DocumentSet } from '../resources/document.ts'
import type { Topology } from '../topology/topology.ts'

/** Azure's limits, which an operator of a private cloud may raise (azure-facts K5). */
export interface Limits {
  /** HSMs of one subscription in one stamp and in one region (azure-facts A4.8). */
  readonly hsmsPerStamp: number
  readonly hsmsPerRegion: number
  /** HSMs that a stamp holds (azure-facts A4.7). */
  readonly stampCapacity: number
}

export const AZURE_LIMITS: Limits = { hsmsPerStamp: 2, hsmsPerRegion: 4, stampCapacity: 12 }

/** The stamps of every region: two datacentres or zones (azure-facts A4.1, A5.9). */
export const STAMPS: readonly string[] = ['stamp1', 'stamp2']

/** What rules must know of the world beyond documents: observed, never assumed. */
export interface Facts {
  /** Whether the resource of this key is Succeeded. */
  readonly ready: (key: string) => boolean
  /** What a device says of itself now; `unknown` where it cannot be asked. */
  readonly device: (key: string) => { readonly zeroized: boolean; readonly label: string | null } | 'unknown'
  readonly limits: Limits
}

export interface Change {
  readonly before: Topology
  readonly after: Topology
  readonly documents: DocumentSet
  /** Documents that are new or replaced, as they are after. */
  readonly put: readonly Document[]
  readonly removed: readonly Document[]
  readonly facts: Facts
}

export type Rule = (change: Change) => Iterable<Finding>

/** The documents of one type among some, in the type's canonical spelling. */
export function* ofType(documents: readonly Document[], type: string): Generator<Document> {
  for (const document of documents) if (document.type === type) yield document
}
