import { describe, expect, it } from 'vitest'
import { comparable, sentText } from '../../../../src/publisher/connectors/x/timeline-text.js'

const link = (url: string, expanded_url: string) => ({ url, expanded_url })

describe('a returned text', () => {
  it('has its links as they were sent', () => {
    const links = [
      link('https://t.co/aaa', 'https://acme.example/a?b=1&c=2'),
      link('https://t.co/bbb', 'https://acme.example/$&'),
    ]
    expect(sentText('1', 'One https://t.co/aaa and two https://t.co/bbb.', links)).toBe(
      'One https://acme.example/a?b=1&c=2 and two https://acme.example/$&.',
    )
  })

  it('has its escapes undone, once', () => {
    expect(sentText('1', 'a &amp; b &lt;c&gt; &amp;lt;', [])).toBe('a & b <c> &lt;')
  })

  it('does not end with the link to its own media', () => {
    const media = link('https://t.co/mmm', 'https://x.com/acme/status/1/photo/1')
    expect(sentText('1', 'The harbour https://t.co/mmm', [media])).toBe('The harbour')
    expect(sentText('1', 'https://t.co/mmm', [media])).toBe('')
  })

  it('keeps a link to the media of another post', () => {
    const media = link('https://t.co/mmm', 'https://x.com/acme/status/2/photo/1')
    expect(sentText('1', 'See https://t.co/mmm', [media])).toBe(
      'See https://x.com/acme/status/2/photo/1',
    )
  })

  it('compares equal where X added a scheme or dropped a slash', () => {
    expect(comparable('See http://example.com and https://acme.example')).toBe(
      comparable('See example.com  and https://acme.example/ '),
    )
    expect(comparable('See a.example/x')).not.toBe(comparable('See a.example/y'))
  })
})
