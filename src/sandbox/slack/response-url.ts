import { randomUUID } from 'node:crypto'
import { checkContent, checkThread, postAsBot, removeMessage, rewrite } from './methods/chat.js'
import { channelById, findMessage, type ResponseUrl, type State, showEphemeral } from './state.js'
import { type Ephemeral, type JsonObject, SlackApiError } from './types.js'

/** "Handling user interaction": up to 5 uses within 30 minutes. */
const maxUses = 5
const lifeMs = 30 * 60 * 1000

const known = new Set([
  'text',
  'blocks',
  'response_type',
  'replace_original',
  'delete_original',
  'thread_ts',
  'mrkdwn',
  'unfurl_links',
  'unfurl_media',
])

/** A response_url for one interaction. */
export function makeResponseUrl(
  state: State,
  kind: 'commands' | 'actions',
  target: Omit<ResponseUrl, 'at' | 'uses'>,
): string {
  const key = `${state.team.id}/${state.newId('')}/${randomUUID()}`
  state.responseUrls.set(key, { ...target, at: state.now(), uses: 0 })
  return `${state.baseUrl}/${kind}/${key}`
}

/**
 * A message sent to a response_url.
 * @throws SlackApiError `used_url`, `expired_url`, `invalid_url` and those of the content
 */
export function spendResponseUrl(state: State, key: string, body: JsonObject): void {
  const target = state.responseUrls.get(key)
  if (!target) throw new SlackApiError('invalid_url')
  if (state.now() - target.at > lifeMs) throw new SlackApiError('expired_url')
  if (target.uses >= maxUses) throw new SlackApiError('used_url')
  respond(state, target, body)
  target.uses += 1
}

/**
 * What an app answers to an interaction, inline or through a response_url.
 * @see https://docs.slack.dev/interactivity/handling-user-interaction "Message responses"
 */
export function respond(state: State, target: ResponseUrl, body: JsonObject): void {
  const unknown = Object.keys(body).find((key) => !known.has(key))
  if (unknown) throw new SlackApiError('invalid_arguments', [`[ERROR] unknown field: ${unknown}`])
  const channel = channelById(state, target.channel)
  const shown = state.ephemerals.find((e) => e.ts === target.ts && e.user === target.user)
  const original = target.ts === undefined ? undefined : findMessage(channel, target.ts)

  if (body.delete_original === true) {
    if (original) removeMessage(state, channel, original)
    else if (shown) removeEphemeral(state, shown)
    else throw new SlackApiError('message_not_found')
    return
  }
  const text = typeof body.text === 'string' ? body.text : undefined
  const content = checkContent({ text, blocks: body.blocks }, state)
  if (body.replace_original === true) {
    if (original) rewrite(state, original, content)
    else if (shown) replaceEphemeral(state, shown, content)
    else throw new SlackApiError('message_not_found')
    return
  }
  const thread_ts = typeof body.thread_ts === 'string' ? body.thread_ts : undefined
  if (body.response_type === 'in_channel') {
    postAsBot(state, channel, content, checkThread(channel, thread_ts))
    return
  }
  const seenIn = thread_ts ?? target.thread_ts
  showEphemeral(state, {
    channel: channel.id,
    user: target.user,
    from: state.bot.userId,
    ts: state.nextTs(),
    ...content,
    ...(seenIn === undefined ? {} : { thread_ts: seenIn }),
  })
}

function removeEphemeral(state: State, shown: Ephemeral): void {
  state.ephemerals.splice(state.ephemerals.indexOf(shown), 1)
  state.emit('delete', { channel: shown.channel, ts: shown.ts })
}

function replaceEphemeral(
  state: State,
  { blocks: _, ...shown }: Ephemeral,
  content: { text: string; blocks?: JsonObject[] },
): void {
  showEphemeral(state, { ...shown, ...content })
}
