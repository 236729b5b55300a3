import type { HttpBody, HttpRequest } from '../http.js'
import { siteOf } from '../site.js'

export interface Access {
  readonly apiUrl: string
  readonly apiVersion: string
  readonly accessToken: string
  readonly author: string
}

/** An author on LinkedIn, a member or an organisation, and how to call LinkedIn for it. */
export class Page {
  constructor(private readonly access: Access) {}

  get author(): string {
    return this.access.author
  }

  /** @param headers in addition to those that every call has */
  request(
    method: HttpRequest['method'],
    path: string,
    body?: HttpBody,
    headers: Readonly<Record<string, string>> = {},
  ): HttpRequest {
    const { apiUrl, apiVersion } = this.access
    return {
      method,
      url: `${apiUrl}/${path}`,
      headers: {
        ...this.authorization(),
        'linkedin-version': apiVersion,
        'x-restli-protocol-version': '2.0.0',
        ...headers,
      },
      ...(body ? { body } : {}),
    }
  }

  /** The bytes of a file, to an address that an answer named: only LinkedIn itself sees the token. */
  upload(url: string, bytes: Uint8Array, contentType: string): HttpRequest {
    return {
      method: 'PUT',
      url,
      headers: this.trusts(url) ? this.authorization() : {},
      body: { bytes, contentType },
    }
  }

  linkTo(urn: string): string {
    return `${this.site()}/feed/update/${urn}/`
  }

  /** Where a person looks for new posts of the author. */
  postsPage(): string {
    const [, , kind, id] = this.access.author.split(':')
    return kind === 'organization'
      ? `${this.site()}/company/${id}/posts/`
      : `${this.site()}/in/me/recent-activity/all/`
  }

  private authorization() {
    return { authorization: `Bearer ${this.access.accessToken}` }
  }

  private trusts(url: string): boolean {
    const { protocol, host } = new URL(url)
    const own = new URL(this.access.apiUrl)
    const linkedIn = protocol === 'https:' && /(^|\.)linkedin\.com$/.test(host)
    return linkedIn || (host === own.host && protocol === own.protocol)
  }

  private site(): string {
    return siteOf(this.access.apiUrl, 'https://www.linkedin.com')
  }
}
