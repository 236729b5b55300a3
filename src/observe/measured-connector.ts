import type { Connector } from '../publisher/connectors/connector.js'
import type { Metrics } from './metrics.js'

/** The same connector, with attempts timed and everything it learns counted. */
export function measuredConnector(
  connector: Connector,
  metrics: Pick<Metrics, 'attempted' | 'learned' | 'lookedUp'>,
): Connector {
  const { platform, poll, lookUp } = connector
  return Object.assign(Object.create(connector), {
    async publish(...args: Parameters<Connector['publish']>) {
      const startedAt = performance.now()
      let kind = 'broken off'
      try {
        const outcome = await connector.publish(...args)
        kind = outcome.kind
        metrics.learned(platform, kind)
        return outcome
      } finally {
        metrics.attempted(platform, kind, performance.now() - startedAt)
      }
    },
    ...(poll && {
      async poll(...args: Parameters<typeof poll>) {
        const outcome = await poll.apply(connector, args)
        metrics.learned(platform, outcome.kind)
        return outcome
      },
    }),
    ...(lookUp && {
      async lookUp(...args: Parameters<typeof lookUp>) {
        const finding = await lookUp.apply(connector, args)
        metrics.lookedUp(platform, finding.kind)
        return finding
      },
    }),
  })
}
