import { PGlite } from '@electric-sql/pglite'
import {
  accountEntry,
  createAccounts,
  provesAbsence,
  STORM_PLATFORMS,
} from '../../../bench/storm/accounts.js'
import { accountSchema } from '../../../src/publisher/connectors/index.js'
import { createSandbox, type PlatformName } from '../../../src/sandbox/platforms/index.js'
import { createSlackWorkspace } from '../../../src/sandbox/slack/index.js'
import { openInMemory } from '../../../src/store/open-embedded.js'
import { IMAGE, sampleMedia } from '../sample-media.js'
import type { Stage } from './crash-points.js'

/** The platforms on which a process can be let die; `manual` sends nothing, and has points too. */
export type StagePlatform = PlatformName | 'manual'
export const STAGE_PLATFORMS: readonly StagePlatform[] = [...STORM_PLATFORMS, 'manual']

export interface StageOptions {
  /** Whether the post carries a picture. */
  readonly pictured?: boolean
  /** Whether the platform accepts the post and its answer is lost, once. */
  readonly lost?: boolean
}

export interface Stages {
  /** One account of the platform. */
  on(platform: StagePlatform, options?: StageOptions): Stage
  close(): Promise<void>
}

const CHANNEL = 'C00000CRASH'

/** One engine, one chat and the platforms' stand-ins, for any number of deaths. */
export async function openStages(): Promise<Stages> {
  const { driver, close } = await openInMemory()
  if (!(driver.engine === 'embedded' && driver.pglite instanceof PGlite))
    throw new Error('no engine')
  const accounts = createAccounts(1)
  const slack = createSlackWorkspace({
    channels: [{ id: CHANNEL, name: 'crash' }],
    rateLimits: 'off',
  })
  const chat = await slack.listen()
  const sandbox = createSandbox({
    accounts: Object.fromEntries(accounts.map(({ platform, sandbox: one }) => [platform, [one]])),
    quotas: false,
    fetchMedia: false,
  })
  const server = await sandbox.listen()
  const { pglite } = driver
  const bytes = await sampleMedia.bytes(IMAGE)

  return {
    on(platform, { pictured = false, lost = false } = {}) {
      const found = accounts.find((account) => account.platform === platform)
      const entry = found
        ? accountEntry(found, server.url)
        : { name: 'by-hand', platform, instructions: 'Paste it into the newsletter' }
      return {
        pglite,
        account: accountSchema.parse(entry),
        content: (marker) => ({ text: marker, media: pictured ? [IMAGE] : [] }),
        bytes,
        slack,
        slackApiUrl: chat.apiUrl,
        channelId: CHANNEL,
        publicUrl: sampleMedia.publicUrl(IMAGE),
        provesAbsence: found !== undefined && provesAbsence(found.platform),
        prepare() {
          if (platform === 'manual') return
          sandbox.clearFaults(platform)
          if (lost)
            sandbox.addFault(platform, { kind: 'reset', on: 'mutation', when: 'after', times: 1 })
        },
        live: (marker) =>
          platform === 'manual'
            ? 0
            : sandbox.live(platform).filter(({ text }) => text.includes(marker)).length,
      }
    },
    async close() {
      await server.close()
      await chat.close()
      await slack.close()
      await close()
    },
  }
}
