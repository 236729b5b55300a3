import type { StoreImage } from './judge.js'
import type { Command, People } from './people.js'

/** What became of the commands that people sent. */
export interface Commands {
  readonly sent: number
  /** Slack could not deliver it, or nobody acknowledged it in time. */
  readonly unheard: number
  /** When each of these was sent, and what Slack told the person. */
  readonly unheardAt: readonly { readonly at: number; readonly error: string }[]
  /** Acknowledged, and then neither a post nor a word: it died with its process. */
  readonly lost: number
  /** Acknowledged, and then a word in private that it was not done, or a question. */
  readonly answered: number
  readonly redelivered: number
  /** Milliseconds until the acknowledged ones were, the shortest first. */
  readonly ackMs: readonly number[]
  /** Of "Retry failed". */
  readonly clicks: number
}

export function countCommands({ asked, repeats }: People, { posts }: StoreImage): Commands {
  const sources = new Set(posts.flatMap(({ sourceKey }) => sourceKey ?? []))
  const became = ({ triggerId }: Command) =>
    [...sources].some((key) => triggerId !== '' && key.includes(triggerId))
  const all = asked.flatMap(({ commands }) => commands)
  // Whatever came before the command that became the post.
  const vain = asked.flatMap(({ commands }) => {
    const taken = commands.findIndex(became)
    const before = taken < 0 ? commands : commands.slice(0, taken)
    return before.filter(({ heard }) => heard)
  })
  return {
    sent: all.length,
    unheard: all.filter(({ heard }) => !heard).length,
    unheardAt: all.flatMap(({ heard, at, error = '' }) => (heard ? [] : { at, error })),
    lost: vain.filter(({ told }) => !told).length,
    answered: vain.filter(({ told }) => told).length,
    redelivered: repeats.redelivered,
    ackMs: all.flatMap(({ heard, ackMs }) => (heard ? ackMs : [])).sort((a, b) => a - b),
    clicks: repeats.clicks,
  }
}
