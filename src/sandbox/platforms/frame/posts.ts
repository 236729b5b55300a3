import type { LivePost } from '../types.js'

/** A post with what its platform needs besides; `liveAt` may be in the future or missing. */
export interface StoredPost extends LivePost {
  at: number
  liveAt?: number
}

/** The posts of one platform, in the order they were accepted. */
export class Posts<T extends StoredPost> {
  constructor(
    private readonly clock: () => number,
    private readonly listLagMs: number,
    private readonly byId: Map<string, T>,
  ) {}

  add(post: T): T {
    this.byId.set(post.id, post)
    return post
  }

  /** A post that exists; not one that was removed. */
  get(id: string): T | undefined {
    const post = this.byId.get(id)
    return post && !post.removed ? post : undefined
  }

  isLive(post: T): boolean {
    return !post.removed && post.liveAt !== undefined && post.liveAt <= this.clock()
  }

  /** Everything that exists, newest first, without what lists do not show yet. */
  listed(account: string): T[] {
    const visibleAt = this.clock() - this.listLagMs
    const found = [...this.byId.values()].filter(
      (post) => post.account === account && !post.removed && post.at <= visibleAt,
    )
    return found.reverse()
  }

  /** What the audience sees, oldest first. */
  live(account?: string): T[] {
    return [...this.byId.values()].filter(
      (post) => this.isLive(post) && (account === undefined || post.account === account),
    )
  }

  all(): T[] {
    return [...this.byId.values()]
  }

  /** @returns whether there was something to remove */
  remove(id: string): boolean {
    const post = this.get(id)
    if (post) post.removed = true
    return post !== undefined
  }

  clear(): void {
    this.byId.clear()
  }
}
