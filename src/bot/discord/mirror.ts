import type { Card, Chat } from '../chat.js'
import { mediaWords } from './files.js'
import { type DiscordMessage, render } from './render.js'

/** A message that stands in another chat, in the shape Discord would be given. */
export interface Mirrored {
  readonly messageId: string
  /** The post's own message, in whose thread it stands; absent for that message itself. */
  readonly rootId?: string
  readonly message: Pick<DiscordMessage, 'content' | 'components'>
  /** Files in it, by name. */
  readonly files: readonly string[]
}

/** The chat as it is; whatever is shown there is also said as Discord would show it. */
export function mirrorAsDiscord(chat: Chat, show: (mirrored: Mirrored) => void): Chat {
  const mirrored = (messageId: string, card: Card, rootId: string | undefined) =>
    show({ messageId, ...(rootId === undefined ? {} : { rootId }), ...shapeOf(card) })
  return {
    ...chat,
    async post(outgoing) {
      const result = await chat.post(outgoing)
      if (result.kind === 'posted') mirrored(result.messageId, outgoing.card, outgoing.rootId)
      return result
    },
    async edit(outgoing) {
      const result = await chat.edit(outgoing)
      if (result.kind === 'edited') mirrored(outgoing.messageId, outgoing.card, outgoing.rootId)
      return result
    },
  }
}

function shapeOf(card: Card): Pick<Mirrored, 'message' | 'files'> {
  if (card.kind === 'media') {
    const files = card.media.map(({ filename }) => filename)
    return { message: { content: mediaWords(card, []) }, files }
  }
  const { content, components, textFile } = render(card)
  return {
    message: {
      ...(content === undefined ? {} : { content }),
      ...(components === undefined ? {} : { components }),
    },
    files: textFile === undefined ? [] : ['text.txt'],
  }
}
