import { describe, expect, it } from 'vitest'
import { comparable, plainTextOf } from '../../../../src/publisher/connectors/mastodon/html-text.js'

describe('the text of a status', () => {
  it.each([
    ['<p>One</p><p>Two</p>', 'One\n\nTwo'],
    ['<p>One<br />Two<br>Three</p>', 'One\nTwo\nThree'],
    ['<p>a &amp; b &lt;c&gt; &quot;d&quot; &#39;e&#39; &#x1F6A2;</p>', 'a & b <c> "d" \'e\' 🚢'],
    ['<p>&amp;lt; is not &lt;</p>', '&lt; is not <'],
    ['<p>&unknown; &#99999999;</p>', '&unknown; &#99999999;'],
    [
      '<p>See <a href="https://acme.example/long/path" rel="nofollow"><span class="invisible">https://</span><span class="ellipsis">acme.example/long</span><span class="invisible">/path</span></a></p>',
      'See https://acme.example/long/path',
    ],
    [
      '<p><span class="h-card"><a href="https://other.example/@sam" class="u-url mention">@<span>sam</span></a></span> at the <a href="https://acme.example/tags/harbour" class="mention hashtag" rel="tag">#<span>harbour</span></a></p>',
      '@sam at the #harbour',
    ],
    ['', ''],
  ])('of %s', (html, text) => {
    expect(plainTextOf(html)).toBe(text)
  })

  it('compares equal to what was sent, however the server spaces it and shows mentions', () => {
    const sent = '  Hi @sam@other.example,\r\n\r\n\r\nsee  the Cafe\u0301 '
    const shown = '<p>Hi <span>@<span>sam</span></span>,</p><p>see the Café</p>'
    expect(comparable(plainTextOf(shown))).toBe(comparable(sent))
  })

  it('keeps what differs apart', () => {
    expect(comparable('One two')).not.toBe(comparable('Onetwo'))
    expect(comparable('Hi @sam')).not.toBe(comparable('Hi @sim'))
  })
})
