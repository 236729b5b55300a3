import type { ImageRule, Media, Problem } from './connector.js'

/** An animated image where it would stand still, which no conversion can help. */
export function standsStill(platform: string, image: Media, rule: ImageRule): Problem | undefined {
  if (!image.animated || rule.moving.includes(image.mime)) return undefined
  return {
    field: 'media',
    message: `${image.filename} is animated; ${platform} shows only pictures that stand still.`,
    next: 'Use it as an MP4 video, or a picture that stands still.',
  }
}
