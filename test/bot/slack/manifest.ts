import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'

const manifestSchema = z.object({
  features: z.object({ slash_commands: z.array(z.object({ command: z.string() })) }),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
  settings: z.object({
    interactivity: z.object({ is_enabled: z.boolean() }),
    socket_mode_enabled: z.boolean(),
  }),
})

/** The app's manifest, as Slack reads it. */
export const manifestText = readFileSync('manifest.yml', 'utf8')
export const manifest = manifestSchema.parse(parse(manifestText))
export const scopes = manifest.oauth_config.scopes.bot
