/** Wire shapes keep Slack's snake_case names, so that tests assert on what Slack would send. */

export type JsonObject = Record<string, unknown>

export interface SlackUser {
  id: string
  name: string
  realName: string
  /** IANA time zone name. */
  tz: string
  isBot: boolean
}

export interface SlackChannel {
  id: string
  name: string
  kind: 'channel' | 'im'
  members: Set<string>
  messages: Message[]
}

export interface MessageMetadata {
  event_type: string
  event_payload: JsonObject
}

export interface SlackFile extends JsonObject {
  id: string
  name: string
  mimetype: string
  size: number
  url_private: string
  url_private_download: string
}

/** A message as Slack's history shows it, plus the channel it is in. */
export interface Message {
  type: 'message'
  subtype?: string
  channel: string
  user: string
  ts: string
  text: string
  team: string
  bot_id?: string
  app_id?: string
  bot_profile?: JsonObject
  blocks?: JsonObject[]
  files?: SlackFile[]
  metadata?: MessageMetadata
  edited?: { user: string; ts: string }
  thread_ts?: string
  parent_user_id?: string
  reply_count?: number
  reply_users?: string[]
  reply_users_count?: number
  latest_reply?: string
  reactions?: { name: string; users: string[]; count: number }[]
}

/** A message only one person sees. Slack neither stores nor returns it; the workspace shows it. */
export interface Ephemeral {
  channel: string
  /** Who sees it. */
  user: string
  /** The bot, or Slack itself (`USLACKBOT`) telling the person that something did not work. */
  from: string
  ts: string
  text: string
  blocks?: JsonObject[]
  thread_ts?: string
}

/** A modal as Slack's payloads show it. */
export interface View extends JsonObject {
  id: string
  hash: string
  callback_id: string
  external_id: string
  private_metadata: string
  blocks: JsonObject[]
  state: { values: StateValues }
  root_view_id: string
  previous_view_id: string | null
  notify_on_close: boolean
}

export type StateValues = Record<string, Record<string, JsonObject>>

/** What the app's answer to an interaction looked like from Slack's side. */
export interface Delivery {
  envelopeId: string
  /** Milliseconds until the acknowledgement; `Infinity` when none came within 3 s. */
  ackMs: number
  ackPayload?: JsonObject
  /** Why the person was shown an error, if they were. */
  error?:
    | 'dispatch_failed'
    | 'operation_timeout'
    | 'invalid_response'
    /** The form itself refused (a required field is empty); nothing was sent to the app. */
    | 'not_submitted'
  triggerId?: string
  responseUrl?: string
  /** What the app was sent. */
  payload: JsonObject
  /** Answer to a submitted form. */
  responseAction?: string
  /** Messages beside form fields, by block id. */
  errors?: Record<string, string>
  /** Answer to a search in an external select. */
  options?: JsonObject[]
  /** Sends the same payload again under a new envelope id. */
  redeliver(): Promise<Delivery>
}

export interface ApiCall {
  method: string
  /** Arguments as received, without the token. */
  args: JsonObject
  at: number
  ok: boolean
  error?: string
  /** What exactly was wrong with the arguments. */
  details?: string[]
}

export interface SlackEvents {
  message: Message
  update: Message
  /** A thread's reply count changed; carries the first message of the thread. */
  thread: Message
  delete: { channel: string; ts: string }
  ephemeral: Ephemeral
  view: { user: string; views: View[] }
  call: ApiCall
  /** The app opened or lost a Socket Mode connection. */
  connections: { open: number }
}

/** Becomes `{ok: false, error: code}` with HTTP 200, as Slack answers. */
export class SlackApiError extends Error {
  constructor(
    readonly code: string,
    /** `response_metadata.messages`, each naming a path. */
    readonly details: string[] = [],
    readonly extra: JsonObject = {},
  ) {
    super([code, ...details].join(' '))
    this.name = 'SlackApiError'
  }
}
