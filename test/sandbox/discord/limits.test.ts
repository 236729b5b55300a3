import { describe, expect, it } from 'vitest'
import { GENERAL, request, startDiscord } from './support.js'

const text = (length: number) => 'x'.repeat(length)
const button = (fields: object = {}) => ({
  type: 2,
  style: 1,
  label: 'Go',
  custom_id: 'go',
  ...fields,
})
const row = (...components: object[]) => ({ type: 1, components })
const menu = (fields: object = {}) => ({
  type: 3,
  custom_id: 'menu',
  options: [{ label: 'A', value: 'a' }],
  ...fields,
})
const V2 = 1 << 15
const line = (content: string) => ({ type: 10, content })
const options = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ label: `${index}`, value: `${index}` }))

async function refusalOf(body: object) {
  const running = await startDiscord()
  const answer = await request(running, `POST /channels/${GENERAL}/messages`, body)
  expect(running.discord.messages(GENERAL)).toHaveLength(answer.status === 200 ? 1 : 0)
  return answer
}

/** Paths and codes of a nested error object, flattened. */
function complaints(errors: object, path = ''): string[] {
  return Object.entries(errors).flatMap(([key, value]) =>
    key === '_errors'
      ? value.map(({ code }: { code: string }) => `${path} ${code}`)
      : complaints(value, path === '' ? key : `${path}.${key}`),
  )
}

describe('what goes through', () => {
  it.each<[string, object]>([
    ['content of 2000', { content: text(2000) }],
    ['an embed alone', { embeds: [{ title: text(256) }] }],
    ['6000 in embeds', { embeds: [{ description: text(4000) }, { description: text(2000) }] }],
    [
      'five rows of buttons',
      {
        content: 'x',
        components: [0, 1, 2, 3, 4].map((at) =>
          row(...[0, 1, 2, 3, 4].map((nr) => button({ custom_id: `${at}-${nr}` }))),
        ),
      },
    ],
    ['a custom_id of 100', { content: 'x', components: [row(button({ custom_id: text(100) }))] }],
    ['a menu of 25', { content: 'x', components: [row(menu({ options: options(25) }))] }],
    ['forty V2 components', { flags: V2, components: Array.from({ length: 40 }, () => line('x')) }],
    ['a nonce of 25', { content: 'x', nonce: text(25) }],
  ])('%s', async (_what, body) => {
    expect((await refusalOf(body)).status).toBe(200)
  })
})

describe('what is refused as an invalid form', () => {
  it.each<[object, string]>([
    [{ content: text(2001) }, 'content BASE_TYPE_MAX_LENGTH'],
    [{ content: 'x', nonce: text(26) }, 'nonce BASE_TYPE_MAX_LENGTH'],
    [{ embeds: Array.from({ length: 11 }, () => ({ title: 'x' })) }, 'embeds BASE_TYPE_BAD_LENGTH'],
    [{ embeds: [{ title: text(257) }] }, 'embeds.0.title BASE_TYPE_MAX_LENGTH'],
    [{ embeds: [{ description: text(4097) }] }, 'embeds.0.description BASE_TYPE_MAX_LENGTH'],
    [
      { embeds: [{ description: text(4000) }, { description: text(2001) }] },
      'embeds MAX_EMBED_SIZE_EXCEEDED',
    ],
    [{ embeds: [{}] }, 'embeds.0.description BASE_TYPE_REQUIRED'],
    [
      { embeds: [{ fields: Array.from({ length: 26 }, () => ({ name: 'a', value: 'b' })) }] },
      'embeds.0.fields BASE_TYPE_BAD_LENGTH',
    ],
    [
      { embeds: [{ fields: [{ name: 'a', value: text(1025) }] }] },
      'embeds.0.fields.0.value BASE_TYPE_BAD_LENGTH',
    ],
    [
      { embeds: [{ fields: [{ name: '', value: 'b' }] }] },
      'embeds.0.fields.0.name BASE_TYPE_REQUIRED',
    ],
    [{ embeds: [{ footer: { text: text(2049) } }] }, 'embeds.0.footer.text BASE_TYPE_BAD_LENGTH'],
    [{ embeds: [{ title: 'x', url: 'not a url' }] }, 'embeds.0.url URL_TYPE_INVALID_URL'],
    [{ embeds: [{ title: 'x', color: 0x1000000 }] }, 'embeds.0.color NUMBER_TYPE_MAX'],
    [
      { content: 'x', components: [row(button({ custom_id: text(101) }))] },
      'components.0.components.0.custom_id BASE_TYPE_BAD_LENGTH',
    ],
    [
      { content: 'x', components: [row(button({ label: text(81) }))] },
      'components.0.components.0.label BASE_TYPE_MAX_LENGTH',
    ],
    [
      { content: 'x', components: [row(button({ label: undefined }))] },
      'components.0.components.0.label BUTTON_COMPONENT_INVALID_LABEL_OR_EMOJI',
    ],
    [
      { content: 'x', components: [row(button({ style: 5, custom_id: undefined }))] },
      'components.0.components.0.url BASE_TYPE_REQUIRED',
    ],
    [
      { content: 'x', components: [row(button({ style: 9 }))] },
      'components.0.components.0.style BASE_TYPE_CHOICES',
    ],
    [
      { content: 'x', components: [row(button(), button())] },
      'components COMPONENT_CUSTOM_ID_DUPLICATED',
    ],
    [
      {
        content: 'x',
        components: [row(...Array.from({ length: 6 }, (_, nr) => button({ custom_id: `${nr}` })))],
      },
      'components.0.components BASE_TYPE_BAD_LENGTH',
    ],
    [
      {
        content: 'x',
        components: Array.from({ length: 6 }, (_, nr) => row(button({ custom_id: `${nr}` }))),
      },
      'components BASE_TYPE_BAD_LENGTH',
    ],
    [
      { content: 'x', components: [row(menu(), button())] },
      'components.0.components COMPONENT_LAYOUT_WIDTH_EXCEEDED',
    ],
    [
      { content: 'x', components: [row(menu({ options: options(26) }))] },
      'components.0.components.0.options BASE_TYPE_BAD_LENGTH',
    ],
    [
      { content: 'x', components: [row(menu({ options: [...options(1), ...options(1)] }))] },
      'components.0.components.0.options.1 SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
    ],
    [
      { content: 'x', components: [row(menu({ placeholder: text(151) }))] },
      'components.0.components.0.placeholder BASE_TYPE_MAX_LENGTH',
    ],
    [{ content: 'x', components: [line('x')] }, 'components.0 UNION_TYPE_CHOICES'],
    [{ content: 'x', components: [{ type: 99 }] }, 'components.0.type UNION_TYPE_CHOICES'],
    [
      { flags: V2, content: 'x', components: [line('x')] },
      'content MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
    ],
    [
      {
        flags: V2,
        components: [{ type: 17, components: Array.from({ length: 40 }, () => line('x')) }],
      },
      'components COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED',
    ],
    [
      { flags: V2, components: [line(text(2001)), line(text(2000))] },
      'components COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED',
    ],
    [
      { content: 'x', allowed_mentions: { parse: ['users'], users: ['1'] } },
      'allowed_mentions.parse MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
    ],
    [{ content: 7 }, 'content STRING_TYPE_CONVERT'],
    [{ content: 'x', flags: 'many' }, 'flags NUMBER_TYPE_COERCE'],
  ])('case %#: $1', async (body, complaint) => {
    const answer = await refusalOf(body)
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 50035, message: 'Invalid Form Body' },
    })
    expect(complaints(answer.body.errors)).toEqual([complaint])
  })
})

it.each([{}, { content: '   ' }, { content: '', components: [row(button())] }])(
  'refuses %j as an empty message',
  async (body) => {
    expect(await refusalOf(body)).toMatchObject({ status: 400, body: { code: 50006 } })
  },
)

it('refuses what is not JSON, and other versions of the API', async () => {
  const { discord, apiUrl } = await startDiscord()
  const headers = { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' }
  const path = `channels/${GENERAL}/messages`
  const broken = await fetch(`${apiUrl}/v10/${path}`, { method: 'POST', headers, body: '{' })
  expect(await broken.json()).toMatchObject({ code: 50109 })
  const old = await fetch(`${apiUrl}/v6/${path}`, { headers })
  expect(await old.json()).toMatchObject({ code: 50041 })
})
