/** What a view is made of besides the document. */
import type { Document, DocumentSet, JsonObject } from '../../model/resources/document.ts'
import type { Readiness, Standing } from './readiness.ts'

export interface Viewed extends Standing {
  readonly documents: DocumentSet
}

/** What a type shows in `properties` besides what was sent. */
export type Members = (document: Document, readiness: Readiness, world: Viewed) => JsonObject
