import { describe, expect, it } from 'vitest'
import { decodePage } from '../../../src/bot/link-card/decode-page.js'
import { readPageFacts } from '../../../src/bot/link-card/page-facts.js'

const URL = 'https://acme.example/news/today'

describe('what a page says of itself', () => {
  it('is its Open Graph data first', () => {
    const html = `<!doctype html><head><title>Today | Acme</title>
      <meta name="description" content="For search engines">
      <meta property="og:title" content="Boats &amp; cranes">
      <meta property="og:description" content="  Two
        lines ">
      <meta property="og:image" content="/pictures/quay.jpg">`
    expect(readPageFacts(html, URL)).toEqual({
      title: 'Boats & cranes',
      description: 'Two lines',
      picture: 'https://acme.example/pictures/quay.jpg',
    })
  })

  it('is its title where there is nothing else, also in a page without order', () => {
    expect(readPageFacts('<p>Hi<TITLE>A <b>b</TITLE><meta name=x>', URL)).toEqual({
      title: 'A <b>b',
      description: '',
    })
    expect(readPageFacts('<svg><title>Logo</title></svg><title>News</title>', URL)?.title).toBe(
      'News',
    )
  })

  it('is nothing without a title', () => {
    expect(readPageFacts('', URL)).toBeUndefined()
    expect(readPageFacts('<meta name="description" content="Text">', URL)).toBeUndefined()
    expect(readPageFacts('<!-- <title>No</title> --><script>"<title>No"</script>', URL)).toBe(
      undefined,
    )
  })

  it('leaves an empty or unusable value for the next', () => {
    const html = `<title>Own</title><meta property="og:title" content=" ">
      <meta property="og:image" content="data:image/png;base64,AAAA">`
    expect(readPageFacts(html, URL)).toEqual({ title: 'Own', description: '' })
  })

  it('holds no control characters', () => {
    const html = '<title>a\0b\x1b c</title><meta name="description" content="\0Two\0words">'
    expect(readPageFacts(html, URL)).toEqual({ title: 'a b c', description: 'Two words' })
  })

  it('finds the picture from the base that the page names', () => {
    const html = `<title>t</title><base href="https://cdn.example/a/"><meta property="og:image" content="b.png">`
    expect(readPageFacts(html, URL)?.picture).toBe('https://cdn.example/a/b.png')
  })

  it('is cut to what a card can show', () => {
    const facts = readPageFacts(`<title>${'é'.repeat(5000)}</title>`, URL)
    expect([...(facts?.title ?? '')]).toHaveLength(200)
  })
})

describe('the text of a page', () => {
  const umlaut = Buffer.from('<title>Zürich</title>', 'latin1')

  it.each([
    ['the encoding of the answer', umlaut, 'text/html; charset=ISO-8859-1'],
    [
      'the encoding that it names itself',
      Buffer.concat([Buffer.from('<meta charset="windows-1252">'), umlaut]),
      'text/html',
    ],
    [
      'the encoding of its http-equiv',
      Buffer.concat([
        Buffer.from('<meta http-equiv="Content-Type" content="text/html; charset=latin1">'),
        umlaut,
      ]),
      'text/html',
    ],
    [
      'its byte order mark, whatever else is said',
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('<title>Zürich</title>', 'utf16le')]),
      'text/html; charset=utf-8',
    ],
    ['UTF-8 else', Buffer.from('<title>Zürich</title>'), 'TEXT/HTML; charset=klingon'],
  ])('is read by %s', (_, bytes, contentType) => {
    expect(decodePage(bytes, contentType)).toContain('Zürich')
  })

  it('is none when it is something else', () => {
    expect(decodePage(umlaut, 'application/pdf')).toBeUndefined()
    expect(decodePage(umlaut, '')).toBeUndefined()
  })
})
