import type { Clock } from '../../store/clock.js'
import type { Orm } from '../../store/database.js'
import { renewTelling } from '../../store/posts.js'

/** A claim on telling one post, kept alive while the telling goes on. */
export interface Lease {
  readonly token: string
  /**
   * Makes sure that nobody else is telling this post, for at least a third of the lease.
   * A process that was frozen finds out here, before it posts what others have posted meanwhile.
   */
  held(): Promise<boolean>
  /** Lets it run out by itself. */
  end(): void
}

export function keepLease(
  lease: { orm: Orm; postId: string; token: string; leaseMs: number; expiresAt: number },
  now: Clock,
  onLost: () => void,
): Lease {
  const { orm, postId, token, leaseMs } = lease
  let expiresAt = lease.expiresAt
  let lost = false

  async function renew(): Promise<void> {
    const until = now() + leaseMs
    if (await renewTelling(orm, postId, token, until)) {
      expiresAt = until
    } else if (!lost) {
      lost = true
      onLost()
    }
  }

  const timer = setInterval(() => {
    // What fails here is noticed by `held`.
    renew().catch(() => {})
  }, leaseMs / 3)
  return {
    token,
    async held() {
      if (!lost && expiresAt - now() < leaseMs / 3) await renew()
      return !lost
    },
    end: () => clearInterval(timer),
  }
}
