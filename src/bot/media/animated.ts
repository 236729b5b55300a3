/**
 * Whether a GIF, PNG or WebP holds more than one picture.
 * @see GIF89a specification; PNG third edition, `acTL`; WebP container specification, `VP8X`
 */
export function isAnimated(bytes: Uint8Array, mime: string): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    switch (mime) {
      case 'image/gif':
        return hasTwoPictures(view)
      case 'image/png':
        return hasAnimationControl(view)
      case 'image/webp':
        return tag(view, 12) === 'VP8X' && (view.getUint8(20) & 0x02) !== 0
      default:
        return false
    }
  } catch (error) {
    if (error instanceof RangeError) return false // cut off: one picture at most is whole
    throw error
  }
}

function hasTwoPictures(view: DataView): boolean {
  const colourTable = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)
  let at = 13 + colourTable(view.getUint8(10))
  let pictures = 0
  for (;;) {
    switch (view.getUint8(at)) {
      case 0x2c: {
        pictures += 1
        if (pictures === 2) return true
        at = pastBlocks(view, at + 11 + colourTable(view.getUint8(at + 9)))
        break
      }
      case 0x21:
        at = pastBlocks(view, at + 2)
        break
      default:
        return false
    }
  }
}

/** Data comes in blocks that begin with their length; an empty one ends them. */
function pastBlocks(view: DataView, from: number): number {
  let at = from
  while (view.getUint8(at) !== 0) at += view.getUint8(at) + 1
  return at + 1
}

/** It stands before the picture's own data. */
function hasAnimationControl(view: DataView): boolean {
  for (let at = 8; ; at += view.getUint32(at) + 12) {
    const type = tag(view, at + 4)
    if (type === 'acTL') return true
    if (type === 'IDAT') return false
  }
}

function tag(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)))
}
