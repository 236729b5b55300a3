import { describe, expect, it } from 'vitest'
import { createDesk } from '../src/desk.js'
import { type Account, accountSchema } from '../src/publisher/connectors/index.js'
import { IMAGE } from './support/sample-media.js'

const account = (entry: Record<string, string>): Account =>
  accountSchema.parse({ accessToken: 'a token', ...entry })
const accounts = [
  account({ name: 'instagram', platform: 'instagram', userId: '1784' }),
  account({ name: 'threads', platform: 'threads', userId: '9921' }),
  account({ name: 'mastodon', platform: 'mastodon', apiUrl: 'https://mastodon.example' }),
]
const upload = { text: 'The harbour', media: [IMAGE] }

describe('media that nobody can fetch', () => {
  const desk = createDesk(accounts, { servesMedia: false })

  it.each(['instagram', 'threads'])('are told before anything is queued, on %s', (name) => {
    expect(desk.check(name, upload)).toEqual([
      {
        field: 'media',
        message: `${name} fetches media from an address, and this has none here.`,
        next: 'Set PRESSROOM_PUBLIC_URL to an address under which this bot can be reached, or give a media URL.',
      },
    ])
  })

  it('are no problem where they have an address of their own, or are served', () => {
    const media = [{ ...IMAGE, sourceUrl: 'https://acme.example/one.jpg' }]
    expect(desk.check('instagram', { text: 'The harbour', media })).toEqual([])
    const serving = createDesk(accounts, { servesMedia: true })
    expect(serving.check('instagram', upload)).toEqual([])
  })

  it('are no problem where the platform takes bytes', () => {
    expect(desk.check('mastodon', upload)).toEqual([])
  })
})
