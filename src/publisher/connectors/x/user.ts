import { unreadable } from '../classify.js'
import type { Reader } from '../connector.js'
import type { HttpBody, HttpRequest } from '../http.js'
import type { Read } from '../read.js'
import { siteOf } from '../site.js'
import { judge } from './classify.js'
import { ownUser } from './wire.js'

export interface Access {
  readonly apiUrl: string
  readonly accessToken: string
}

interface Own {
  readonly id: string
  readonly username?: string | undefined
}

/** The account that a token opens, and how to call X with it. */
export class User {
  private own: Own | undefined

  constructor(private readonly access: Access) {}

  request(method: HttpRequest['method'], path: string, body?: HttpBody): HttpRequest {
    const { apiUrl, accessToken } = this.access
    return {
      method,
      url: `${apiUrl}/2/${path}`,
      headers: { authorization: `Bearer ${accessToken}` },
      ...(body ? { body } : {}),
    }
  }

  /** Who it is; asked once, because every read is paid for. */
  async me(reader: Reader): Promise<Read<Own>> {
    return this.own ? { kind: 'read', value: this.own } : this.readMe(reader)
  }

  async readMe(reader: Reader): Promise<Read<Own>> {
    const answer = await reader.read(this.request('GET', 'users/me'))
    const judged = judge(answer, 'other', reader.now())
    if (judged.kind !== 'success') return { kind: 'unread', outcome: judged }
    const parsed = ownUser.safeParse(judged.json)
    if (!parsed.success) return { kind: 'unread', outcome: unreadable('X', 'other', 'an account') }
    this.own = parsed.data.data
    return { kind: 'read', value: this.own }
  }

  /** The page of a post; X finds it under any name. */
  linkTo(postId: string): string {
    return `${this.site()}/${this.own?.username ?? 'i'}/status/${postId}`
  }

  page(): string {
    return this.own?.username ? `${this.site()}/${this.own.username}` : this.site()
  }

  private site(): string {
    return siteOf(this.access.apiUrl, 'https://x.com')
  }
}
