import type { HttpBody, HttpRequest } from '../http.js'
import { siteOf } from '../site.js'
import type { Message } from './wire.js'

export interface Access {
  readonly apiUrl: string
  readonly botToken: string
  readonly chatId: string
}

/** A bot and the chat it posts to. The token is a part of every address, so no address is shown. */
export class Bot {
  constructor(private readonly access: Access) {}

  get chatId(): string {
    return this.access.chatId
  }

  call(method: string, body: HttpBody): HttpRequest {
    const { apiUrl, botToken } = this.access
    return { method: 'POST', url: `${apiUrl}/bot${botToken}/${method}`, body }
  }

  /** A private channel or supergroup has a page for its members, a basic group has none. */
  linkTo({ message_id, chat }: Message): string | undefined {
    if (chat?.username) return `${this.site()}/${chat.username}/${message_id}`
    const [, channel] = /^-100(\d+)$/.exec(String(chat?.id)) ?? []
    return channel === undefined ? undefined : `${this.site()}/c/${channel}/${message_id}`
  }

  where(): string {
    const { chatId } = this.access
    return chatId.startsWith('@')
      ? `${this.site()}/${chatId.slice(1)}`
      : `Look at the newest messages of the chat ${chatId} in Telegram.`
  }

  /**
   * A Bot API server of one's own answers at its root. Below a path of this machine there is a
   * stand-in, which shows its posts itself.
   */
  private site(): string {
    const { apiUrl } = this.access
    return new URL(apiUrl).pathname === '/' ? 'https://t.me' : siteOf(apiUrl, 'https://t.me')
  }
}
