import type { z } from 'zod'
import { unreadable } from '../classify.js'
import type { Reader } from '../connector.js'
import type { HttpBody, HttpRequest } from '../http.js'
import type { Read } from '../read.js'
import { siteOf } from '../site.js'
import { judge } from './classify.js'
import { type message, type WebhookInfo, webhookInfo } from './wire.js'

export interface Access {
  /** The API's address, with its version where it has one. */
  readonly api: string
  readonly id: string
  readonly token: string
}

/** A webhook of a channel. Its token is a part of every address, so no address is shown. */
export class Webhook {
  private known: WebhookInfo | undefined

  constructor(private readonly access: Access) {}

  request(method: HttpRequest['method'], path = '', body?: HttpBody): HttpRequest {
    const { api, id, token } = this.access
    return {
      method,
      url: `${api}/webhooks/${id}/${token}${path}`,
      ...(body ? { body } : {}),
    }
  }

  /** Which channel it posts to; the same as long as nobody moves the webhook. */
  async info(reader: Reader): Promise<Read<WebhookInfo>> {
    return this.known ? { kind: 'read', value: this.known } : this.readInfo(reader)
  }

  async readInfo(reader: Reader): Promise<Read<WebhookInfo>> {
    const judged = judge(await reader.read(this.request('GET')), 'other', reader.now())
    if (judged.kind !== 'success') return { kind: 'unread', outcome: judged }
    const parsed = webhookInfo.safeParse(judged.json)
    if (!parsed.success) {
      return { kind: 'unread', outcome: unreadable('Discord', 'other', 'the webhook') }
    }
    this.known = parsed.data
    return { kind: 'read', value: parsed.data }
  }

  /** The page of a message; messages do not say themselves to which server they belong. */
  linkTo({ id, channel_id }: z.infer<typeof message>): string | undefined {
    const { guild_id, channel_id: usual } = this.known ?? {}
    const channel = channel_id ?? usual
    return guild_id && channel ? `${this.site()}/channels/${guild_id}/${channel}/${id}` : undefined
  }

  where(): string {
    const { guild_id, channel_id } = this.known ?? {}
    return guild_id && channel_id
      ? `${this.site()}/channels/${guild_id}/${channel_id}`
      : 'Look at the newest messages of the channel that the webhook posts to.'
  }

  /** A stand-in's site is the API's address without `/api` and version. */
  private site(): string {
    return siteOf(this.access.api, 'https://discord.com').replace(/(\/api)?(\/v\d+)?$/, '')
  }
}
