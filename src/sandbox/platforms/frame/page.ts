import type { LiveMedia, LivePost, PlatformName } from '../types.js'
import type { MediaShelf } from './media.js'

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}

/**
 * The public page of a post, as the audience would open it.
 * @param root public address of the platform's prefix, where kept media are served
 */
export function renderPage(
  platform: PlatformName,
  post: LivePost,
  root: string,
  shelf: MediaShelf,
): string {
  const title = escapeHtml(`${post.account} on ${platform} (sandbox)`)
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:3rem auto;padding:0 1rem}
article{white-space:pre-wrap;overflow-wrap:anywhere}img,video{max-width:100%;border-radius:8px}
small{color:#666}</style>
<h1>${title}</h1>
<article>${escapeHtml(post.text)}</article>
${post.media.map((item) => renderMedia(item, root, shelf)).join('\n')}
<p><small>${escapeHtml(post.createdAt)} · ${escapeHtml(post.id)}</small></p>
</html>`
}

function renderMedia(item: LiveMedia, root: string, shelf: MediaShelf): string {
  const kept = item.sha256 !== undefined && shelf.get(item.sha256) !== undefined
  const source = kept ? `${root}/_media/${item.sha256}` : item.url
  if (source === undefined) return `<p>[${item.kind}] ${escapeHtml(item.alt ?? '')}</p>`
  const src = escapeHtml(source)
  const alt = escapeHtml(item.alt ?? '')
  return item.kind === 'image'
    ? `<p><img src="${src}" alt="${alt}"></p>`
    : `<p><video src="${src}" aria-label="${alt}" controls></video></p>`
}
