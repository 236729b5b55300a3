export type Who = 'ana' | 'ben'

/** Something a person did, as they see it. */
export interface Asked {
  readonly acknowledgedMs: number
  /** The chat delivers the very same thing once more. */
  again(): unknown
  /** What they alone were told since. */
  said(): string[]
}

/** A message of ours, without its markup. */
export interface Shown {
  readonly id: string
  readonly text: string
  /** Action ids of its buttons. */
  readonly buttons: readonly string[]
}

export interface Counts {
  readonly live: number
  readonly failed: number
  readonly needsPerson: number
}

/** A chat as people meet it, so that one list of scenarios can be run on each. */
export interface Surface {
  readonly name: 'slack' | 'discord'
  /** What the program needs to talk to it. */
  readonly environment: Readonly<Record<string, string>>
  publish(who: Who, text: string, to?: string): Promise<Asked>
  /** Our messages in the channel itself that begin with these words. */
  posts(excerpt: string): Shown[]
  counts(excerpt: string): Counts
  /** Our messages in the thread of that post, oldest first. */
  thread(excerpt: string): Shown[]
  press(who: Who, message: Shown, action: string): Promise<Asked>
  /** Fills in the form that a press has opened. */
  fill(who: Who, fields: Readonly<Record<string, string>>): Promise<Asked>
  scorecard(who: Who): Promise<Asked>
  /** Everything of ours that stands in the channel, without the threads. */
  inChannel(): Shown[]
  /** How often somebody was mentioned in the thread of that post. */
  mentions(who: Who, excerpt: string): number
  /** The next message is posted, and its answer is lost. */
  loseAnswer(): void
  /** The next message and the next edit are turned away for a while. */
  limit(seconds: number): void
  /** Neither can the bot reach the chat, nor the chat the bot, or again. */
  away(isAway: boolean): Promise<void>
  waitFor<T>(look: () => T, timeoutMs: number): Promise<NonNullable<T>>
  clearFaults(): void
  close(): Promise<void>
}

/** The message for one account in the thread of a post. */
export function cardOf(surface: Surface, excerpt: string, account: string): Shown {
  const found = surface.thread(excerpt).find(({ text }) => text.includes(` ${account}`))
  if (!found) throw new Error(`no message for ${account}`)
  return found
}
