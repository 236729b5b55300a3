import { escapeHtml } from '../frame/page.js'

const LINK = /https?:\/\/[^\s<>"]+/g
const LINK_LENGTH = 23

/**
 * Length as Mastodon counts it: characters, links as 23, mentions without their domain.
 * @see mastodon/documentation user/posting.md; grapheme clusters are upstream's unit
 */
export function statusLength(text: string, spoiler: string): number {
  const counted = (spoiler + text)
    .replace(LINK, 'x'.repeat(LINK_LENGTH))
    .replace(/(@\w+)@[\w.-]+\w/g, '$1')
  return [...new Intl.Segmenter().segment(counted)].length
}

/** The HTML of `content`: paragraphs, line breaks, links. */
export function contentOf(text: string): string {
  const paragraphs = text.trim().split(/\n{2,}/)
  return paragraphs
    .map((paragraph) => `<p>${linked(escapeHtml(paragraph)).replaceAll('\n', '<br />')}</p>`)
    .join('')
}

function linked(html: string): string {
  return html.replace(
    LINK,
    (url) =>
      `<a href="${url}" target="_blank" rel="nofollow noopener" translate="no">` +
      `<span class="invisible">${url.slice(0, url.indexOf('//') + 2)}</span>` +
      `<span class="">${url.slice(url.indexOf('//') + 2)}</span></a>`,
  )
}
