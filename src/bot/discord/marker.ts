import { createHash } from 'node:crypto'
import { subtext } from './markdown.js'

/**
 * Discord keeps no metadata with a message, so every message ends with a small line that names what
 * it is: the post's id, the target's id, or the post's id and a sign of the reply's key.
 */
export function markerOf(kind: 'post' | 'target' | 'reply', key: string): string {
  if (kind !== 'reply') return key
  const [postId = ''] = key.split('/')
  return `${postId} · ${digest(key).slice(0, 8)}`
}

/** The last line of a message that has nothing else to say there. */
export function markerLine(kind: 'target' | 'reply', key: string): string {
  return subtext(markerOf(kind, key))
}

/**
 * Makes Discord answer with the message it has already, when it is posted again within minutes.
 * At most 25 characters, the same for the same key.
 * @see https://docs.discord.com/developers/resources/message#create-message (`enforce_nonce`)
 */
export function nonceOf(key: string): string {
  return digest(key).slice(0, 25)
}

function digest(key: string): string {
  return createHash('sha256').update(key).digest('base64url')
}

/** Anything that holds text, as the API writes messages. */
export interface Shown {
  readonly content?: string | undefined
  readonly components?: readonly Component[] | undefined
}
export interface Component {
  readonly type: number
  readonly content?: string | undefined
  readonly components?: readonly Component[] | undefined
}

/** Everything a message says, its last line last. */
export function textOf({ content, components }: Shown): string {
  const texts = (components ?? []).flatMap(textsIn)
  return [...(content ? [content] : []), ...texts].join('\n').trim()
}

const TEXT_DISPLAY = 10

function textsIn(component: Component): string[] {
  if (component.type === TEXT_DISPLAY) return [component.content ?? '']
  return (component.components ?? []).flatMap(textsIn)
}

/** Whether a message ends as ours with this key do. Other lines may quote anything. */
export function isMarked(shown: Shown, kind: 'post' | 'target' | 'reply', key: string): boolean {
  const lastLine = textOf(shown).split('\n').at(-1) ?? ''
  const marker = markerOf(kind, key)
  return lastLine === subtext(marker) || lastLine.endsWith(` · ${marker}`)
}
