import { describe, expect, it } from 'vitest'
import { tellProgress } from '../../../src/publisher/connectors/progress.js'
import { VIDEO } from '../../support/sample-media.js'

describe('how far an upload is', () => {
  it.each([
    [45_000_000, 0, 'Uploading clip.mp4: 45 MB.'],
    [45_000_000, 30_000_000, 'Uploading clip.mp4: 66 % of 45 MB.'],
    [45_000_000, 46_000_000, 'Uploading clip.mp4: 100 % of 45 MB.'],
    [3_999_999, 0, undefined],
  ])('of %d bytes, %d sent', async (bytes, sent, words) => {
    const said: string[] = []
    const steps = { progress: async (note: string) => void said.push(note) }
    await tellProgress(steps, { ...VIDEO, bytes }, sent)
    expect(said).toEqual(words === undefined ? [] : [words])
  })
})
