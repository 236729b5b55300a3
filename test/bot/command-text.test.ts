import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Publish } from '../../src/bot/command.js'
import { parsePublish } from '../../src/bot/command-text.js'

const photo = 'https://example.com/a.jpg'

function post(written: string): Publish {
  const command = parsePublish(written)
  if (command.kind !== 'publish') throw new Error(`${written}: ${JSON.stringify(command)}`)
  return command
}

function refusal(written: string): string {
  const command = parsePublish(written)
  if (command.kind !== 'malformed') throw new Error(`${written}: ${JSON.stringify(command)}`)
  return command.problems.map(({ field, message }) => `${field}: ${message}`).join('\n')
}

describe('subcommands', () => {
  it.each([
    ['', { kind: 'openForm' }],
    ['   ', { kind: 'openForm' }],
    ['status', { kind: 'status' }],
    ['Status', { kind: 'status' }],
    ['status p1abc23', { kind: 'status', id: 'p1abc23' }],
    ['status `P1ABC23`.', { kind: 'status', id: 'p1abc23' }],
    ['retry p1abc23def456z', { kind: 'retry', id: 'p1abc23def456z' }],
    ['cancel t1abc23', { kind: 'cancel', id: 't1abc23' }],
    ['accounts', { kind: 'accounts' }],
    ['duplicate https://x.com/acme/2', { kind: 'duplicate', link: 'https://x.com/acme/2' }],
    [
      'Duplicate https://x.com/a/2 p1abc23',
      { kind: 'duplicate', link: 'https://x.com/a/2', id: 'p1abc23' },
    ],
    ['HELP', { kind: 'help' }],
  ])('reads %j', (written, command) => {
    expect(parsePublish(written)).toEqual(command)
  })

  it('asks for the link of a duplicate, and publishes what only begins with the word', () => {
    expect(refusal('duplicate')).toContain('needs the link of the copy')
    expect(refusal('duplicate https://x.com/a/2 nosuch')).toContain('not the id of a post')
    expect(post('Duplicate keys cut here').text).toBe('Duplicate keys cut here')
    expect(post('duplicate https://x.com/a/2 is fixed').text).toContain('is fixed')
  })

  it.each(['retry', 'Cancel'])('asks which post %j means', (written) => {
    expect(refusal(written)).toContain('needs the id of a post')
  })

  it.each(['retry nosuch', 'Cancel 4711', 'status update'])(
    'refuses %j: a mistyped id must not be published',
    (written) => {
      expect(refusal(written)).toContain('is not the id of a post')
      expect(post(`text:"${written}"`).text).toBe(written)
    },
  )

  it.each(['help retry', 'accounts facebook'])('refuses %j: nobody meant a post', (written) => {
    expect(refusal(written)).toContain('stands alone')
  })

  it.each([
    'Status page is back',
    'Help is on its way',
    'Cancel culture is over',
    'Statusbericht',
    'status p1abc23 is odd',
  ])('takes %j for a post', (written) => {
    expect(post(written).text).toBe(written)
  })
})

describe('a post with options', () => {
  it('reads the form of the documentation', () => {
    expect(
      post(
        `Hello to:facebook,instagram media:${photo} alt:"A red boat, moored" at:"tomorrow 9:00"`,
      ),
    ).toEqual({
      kind: 'publish',
      text: 'Hello',
      texts: {},
      targets: ['facebook', 'instagram'],
      media: [{ from: 'url', url: photo, alt: 'A red boat, moored' }],
      when: { kind: 'words', words: 'tomorrow 9:00' },
    })
  })

  it.each([
    ['Hello to:Facebook TO:x', ['Facebook', 'x']],
    ['Hello to:facebook, instagram , x', ['facebook', 'instagram', 'x']],
    ['Hello to:"facebook, x"', ['facebook', 'x']],
    ['to:facebook Hello', ['facebook']],
    ['Hello to:facebook,facebook,', ['facebook']],
    ['Hello to:","', []],
    ['Hello', undefined],
  ])('reads the targets of %j', (written, targets) => {
    expect(post(written)).toMatchObject({ text: 'Hello', ...(targets ? { targets } : {}) })
    expect(post(written).targets).toEqual(targets)
  })

  it('gives each medium the alt text that follows it', () => {
    const { media } = post(
      `Hi media:${photo} alt:"one" media:${photo}?2 media:${photo}?3 alt:"three"`,
    )
    expect(media.map(({ url, alt }) => [url, alt])).toEqual([
      [photo, 'one'],
      [`${photo}?2`, undefined],
      [`${photo}?3`, 'three'],
    ])
  })

  it.each([
    ['alt:"A boat"', 'A boat'],
    ['alt:“A boat”', 'A boat'],
    ['alt:„A boat“', 'A boat'],
    ['alt:«A boat»', 'A boat'],
    ["alt:'A boat'", 'A boat'],
    ['alt:‘It’s a boat’', 'It’s a boat'],
    ['alt:"A 5"-screen"', 'A 5"-screen'],
    ['alt:"Say \\"hi\\""', 'Say "hi"'],
    ['alt:A red boat', 'A red boat'],
    ['alt:"ends here" to:x', 'ends here'],
  ])('reads %j', (option, alt) => {
    expect(post(`Hello media:${photo} ${option}`).media[0]?.alt).toBe(alt)
  })

  it('lets an unquoted time run on when the text stands in front', () => {
    expect(post('Hello at:tomorrow 9:00 to:x')).toMatchObject({
      text: 'Hello',
      when: { words: 'tomorrow 9:00' },
      targets: ['x'],
    })
  })

  it.each([
    'Two lines:\nhttps://example.com/?to:facebook&at:9 – it’s “fine”',
    'Ratio 16:9, see http://x.example/a:b',
    '"Be yourself" – who said that?',
    'Free text: always',
    'Auto:matic toast',
  ])('keeps %j as it is', (text) => {
    expect(post(`${text} to:x`)).toMatchObject({ text, targets: ['x'] })
  })

  it.each(['""', '“”', ' "" '])('takes %s for no text', (quotes) => {
    expect(post(`${quotes} to:x`)).toMatchObject({ text: '', targets: ['x'] })
  })

  it('protects a text in text:"…"', () => {
    expect(post('text:"Note to: everyone, at:noon" to:x')).toMatchObject({
      text: 'Note to: everyone, at:noon',
      targets: ['x'],
    })
  })

  it.each([
    ['Hello to: facebook', 'targets: Nothing stands right after to:.'],
    ['Hello at: tomorrow', 'at: Nothing stands right after at:.'],
    ['Hello at:', 'at: Nothing'],
    ['Hello media:a.jpg', 'media: "a.jpg" is not an address'],
    ['Hello media:ftp://x/a.jpg', 'media: "ftp://x/a.jpg" is not an address'],
    ['Hello alt:"A boat"', 'alt: There is no media: right before'],
    [`Hello media:${photo} alt:"a" alt:"b"`, 'alt: There is no media: right before'],
    [`Hello media:${photo} alt:"a boat`, 'alt: The quote after alt: is never closed.'],
    ['Hello at:"9:00" at:"10:00"', 'at: at: is there more than once.'],
    ['Hello to:facebook world', 'text: The text stands in more than one piece: "Hello", "world".'],
    ['at:tomorrow 9:00 Hello', 'at: It is not clear where at: ends'],
    [`Hello media:${photo} alt:"A 5" screen"`, 'text: The text stands in more than one piece'],
    ['Hello text:"Bye"', 'text: The text stands in more than one piece'],
  ])('refuses %j', (written, message) => {
    expect(refusal(written)).toContain(message)
  })
})

describe('round trips', () => {
  const word = fc.stringMatching(/^[\p{L}\p{N}.,!?%#@-]{1,12}$/u)
  const text = fc.array(word, { minLength: 3, maxLength: 12 }).map((words) => words.join(' '))
  const quotable = fc.string({ minLength: 1, maxLength: 40 })
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/)

  it('gives back what was put in quotes', () => {
    fc.assert(
      fc.property(
        text,
        fc.uniqueArray(name, { minLength: 1, maxLength: 4 }),
        fc.array(fc.tuple(fc.webUrl(), fc.option(quotable, { nil: undefined })), { maxLength: 3 }),
        quotable,
        (said, targets, media, when) => {
          const written = [
            said,
            `to:${targets.join(',')}`,
            ...media.flatMap(([url, alt]) => [
              `media:${url}`,
              ...(alt === undefined ? [] : [`alt:${quote(alt)}`]),
            ]),
            `at:${quote(when)}`,
          ].join(' ')
          expect(post(written)).toEqual({
            kind: 'publish',
            text: said,
            texts: {},
            targets,
            media: media.map(([url, alt]) => ({
              from: 'url',
              url,
              ...(alt === undefined ? {} : { alt }),
            })),
            when: { kind: 'words', words: when },
          })
        },
      ),
    )
  })

  it('never throws, whatever is typed', () => {
    const noise = fc.array(
      fc.oneof(fc.string(), fc.constantFrom('to:', 'alt:"', 'media:', 'at:”', 'text:“', ' ', '\n')),
    )
    fc.assert(
      fc.property(noise, (parts) => {
        expect(parsePublish(parts.join('')).kind).toBeTypeOf('string')
      }),
    )
  })
})

function quote(value: string): string {
  return `"${value.replaceAll(/[\\"”“]/g, (sign) => `\\${sign}`)}"`
}
