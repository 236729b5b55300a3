export interface MediaType {
  readonly kind: 'image' | 'video'
  readonly mime:
    | 'image/jpeg'
    | 'image/png'
    | 'image/gif'
    | 'image/webp'
    | 'video/mp4'
    | 'video/quicktime'
  readonly extension: string
}

/**
 * What a file is by its first 16 bytes; names and headers lie.
 * @returns undefined for everything that is not published (also HEIC, AVIF, audio)
 * @see https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern
 */
export function sniff(head: Uint8Array): MediaType | undefined {
  const text = (from: number, to: number) => Buffer.from(head.subarray(from, to)).toString('latin1')
  if (text(0, 3) === '\xff\xd8\xff') return { kind: 'image', mime: 'image/jpeg', extension: 'jpg' }
  if (text(0, 8) === '\x89PNG\r\n\x1a\n')
    return { kind: 'image', mime: 'image/png', extension: 'png' }
  if (/^GIF8[79]a$/.test(text(0, 6))) return { kind: 'image', mime: 'image/gif', extension: 'gif' }
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP')
    return { kind: 'image', mime: 'image/webp', extension: 'webp' }
  if (text(4, 8) !== 'ftyp') return undefined
  const brand = text(8, 12)
  if (brand === 'qt  ') return { kind: 'video', mime: 'video/quicktime', extension: 'mov' }
  if (NOT_VIDEO.test(brand)) return undefined
  return { kind: 'video', mime: 'video/mp4', extension: 'mp4' }
}

/** Brands of the same container that hold pictures or sound only. */
const NOT_VIDEO = /^(hei|hev|mif1|msf1|avi[fs]|M4[AB]|crx)/

/** In a word, what a refused file seems to be. */
export function guessWhat(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 256)).toString('latin1').trimStart()
  if (/^<(!doctype html|html|head|body)/i.test(head)) return 'a web page'
  if (/^(<\?xml|<svg)/i.test(head)) return head.includes('<svg') ? 'an SVG drawing' : 'XML'
  if (head.startsWith('%PDF')) return 'a PDF'
  if (/^.{4}ftyp(hei|hev|mif1)/s.test(head)) return 'a HEIC picture'
  if (/^.{4}ftypavi/s.test(head)) return 'an AVIF picture'
  if (bytes.byteLength === 0) return 'empty'
  return 'something else'
}
