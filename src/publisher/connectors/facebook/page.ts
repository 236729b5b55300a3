import type { Graph } from '../meta/graph.js'

/** A Page, and the API as its token sees it. */
export interface Page {
  readonly graph: Graph
  readonly pageId: string
}

/** Some answers name a post without the Page before it. */
export function postId({ pageId }: Page, id: string): string {
  return id.includes('_') ? id : `${pageId}_${id}`
}
