import type { ChannelEntry } from '../accounts-file.js'
import type { HandleDeps } from '../bot/handle.js'
import type { Pages } from '../server.js'

/** What the HTTP API is built from. */
export interface ApiDeps extends Omit<HandleDeps, 'tell' | 'uploadAccess' | 'scorecard'> {
  /** PRESSROOM_API_TOKEN: may do everything. */
  readonly token: string
  /** The channels of the accounts file, in its order. */
  readonly channels: readonly ChannelEntry[]
  /** The chats that are connected, each with the workspace that a channel of it belongs to. */
  readonly chats: ReadonlyMap<'slack' | 'discord', WorkspaceOf>
  /** Opens the pages that show the queue, for requests from which this path was taken off. */
  openQueueBoard(basePath: string): Promise<Pages>
}

/** The Slack team or Discord guild that a channel belongs to; undefined when the chat does not know it. */
export type WorkspaceOf = (channelId: string) => Promise<string | undefined>
