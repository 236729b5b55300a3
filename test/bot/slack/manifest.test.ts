import { describe, expect, it } from 'vitest'
import { manifest, manifestText, scopes } from './manifest.js'

describe('manifest.yml', () => {
  it('turns on what the bot listens to', () => {
    expect(manifest.features.slash_commands.map(({ command }) => command)).toEqual([
      '/publish',
      '/scorecard',
    ])
    expect(manifest.settings).toMatchObject({
      interactivity: { is_enabled: true },
      socket_mode_enabled: true,
    })
  })

  it('says for each scope what it is for', () => {
    for (const scope of scopes) expect(manifestText).toMatch(new RegExp(`- ${scope} # \\S`))
  })
})
