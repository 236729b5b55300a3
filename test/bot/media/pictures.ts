import sharp from 'sharp'

/** A picture that does not compress well: the more noise, the more bytes. */
export function noise(width: number, height: number) {
  const pixels = Buffer.alloc(width * height * 3)
  let seed = 1
  for (let at = 0; at < pixels.length; at++) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
    // Soft shapes with grain over them, as a photograph has.
    pixels[at] = 96 + Math.round(64 * Math.sin(at / 900)) + ((seed >>> 24) & 31)
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
}

export const jpegOf = (width: number, height: number) =>
  noise(width, height).jpeg({ quality: 98 }).toBuffer()

export const pngOf = (width: number, height: number) => noise(width, height).png().toBuffer()

/** Red, and see-through where it is not. */
export const transparentPng = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0 } } })
    .png()
    .toBuffer()

/** Two pictures, one after the other. */
export async function movingGif(): Promise<Buffer> {
  const frame = (grey: number) => Buffer.alloc(32 * 32 * 3, grey)
  const both = Buffer.concat([frame(0), frame(255)])
  const raw = { width: 32, height: 64, channels: 3, pageHeight: 32 } as const
  return sharp(both, { raw })
    .gif({ delay: [100, 100], loop: 0 })
    .toBuffer()
}
