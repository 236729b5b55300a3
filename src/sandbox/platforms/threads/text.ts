import { type MetaError, refuseMeta } from '../meta/errors.js'
import { type GraphCall, textOf } from '../meta/graph.js'

const TEXT_MAX = 500

export function invalid(message: string): MetaError {
  return { code: 100, message: `(#100) ${message}` }
}

/** Refuses a container's words: type, length, links, topic tag, alt text. @see Threads API "Posts" */
export function checkText({ params }: GraphCall, type: string, text: string, link?: string): void {
  const tag = textOf(params, 'topic_tag')
  if (!['TEXT', 'IMAGE', 'VIDEO', 'CAROUSEL'].includes(type)) {
    throw refuseMeta(invalid('media_type must be TEXT, IMAGE, VIDEO or CAROUSEL'))
  }
  if (type === 'TEXT' && text === '') throw refuseMeta(invalid('A text post needs text'))
  if (threadsLength(text) > TEXT_MAX)
    throw refuseMeta(invalid('text must be at most 500 characters'))
  if (link !== undefined && type !== 'TEXT')
    throw refuseMeta(invalid('link_attachment is for TEXT'))
  if ((textOf(params, 'alt_text')?.length ?? 0) > 1000)
    throw refuseMeta(invalid('alt_text is long'))
  if (tag !== undefined && !/^[^.&]{1,50}$/.test(tag)) throw refuseMeta(invalid('topic_tag'))
  const links = new Set(text.match(/https?:\/\/\S+/g))
  if (link !== undefined) links.add(link)
  if (links.size > 5) throw refuseMeta(invalid('THREADS_API__LINK_LIMIT_EXCEEDED'))
}

/** Characters, but emoji by their UTF-8 bytes. @see Threads API reference "Publishing" */
function threadsLength(text: string): number {
  let length = 0
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const emoji = /\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(segment)
    length += emoji ? Buffer.byteLength(segment) : [...segment].length
  }
  return length
}
