import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { Chat } from '../../src/bot/chat.js'
import { measuredChat } from '../../src/observe/measured-chat.js'
import { measuredConnector } from '../../src/observe/measured-connector.js'
import { createMetrics, type Readings } from '../../src/observe/metrics.js'
import { metricsRoute } from '../../src/observe/metrics-route.js'
import type { Connector, PublishRequest, Steps } from '../../src/publisher/connectors/connector.js'
import type { Gauges } from '../../src/store/load-gauges.js'

const NOW = Date.parse('2026-11-20T10:00:00Z')
const gauges: Gauges = {
  targets: [
    { state: 'queued', count: 3 },
    { state: 'failed', count: 2 },
  ],
  oldestDueAt: NOW - 90_000,
  untold: 4,
  accounts: [{ platform: 'mastodon', status: 'held', count: 1 }],
}
const readings: Readings = { gauges, queueDepth: 7, now: NOW }

async function linesOf(metrics: ReturnType<typeof createMetrics>, read = readings) {
  const { body } = await metrics.text(read)
  return body.split('\n').filter((line) => line.startsWith('pressroom_'))
}

describe('the metrics', () => {
  it('say how the store and the queue stand', async () => {
    const lines = await linesOf(createMetrics('1.2.3'))
    expect(lines).toEqual(
      expect.arrayContaining([
        'pressroom_targets{state="queued"} 3',
        'pressroom_targets{state="failed"} 2',
        'pressroom_targets{state="held"} 0',
        'pressroom_oldest_overdue_seconds 90',
        'pressroom_posts_untold 4',
        'pressroom_accounts{platform="mastodon",status="held"} 1',
        'pressroom_queue_depth 7',
        'pressroom_database_up 1',
        'pressroom_build_info{version="1.2.3"} 1',
      ]),
    )
  })

  it('claim nothing about what could not be read', async () => {
    const metrics = createMetrics('1')
    await metrics.text(readings)
    const lines = await linesOf(metrics, { gauges: undefined, queueDepth: undefined, now: NOW })
    expect(lines).toContain('pressroom_database_up 0')
    expect(lines.join('\n')).not.toMatch(/^pressroom_(targets|oldest|posts|accounts|queue)/m)
  })

  it('say nothing is overdue when what comes next is in the future', async () => {
    const later = { ...readings, gauges: { ...gauges, oldestDueAt: NOW + 5_000 } }
    expect(await linesOf(createMetrics('1'), later)).toContain('pressroom_oldest_overdue_seconds 0')
  })

  it('count what attempts, polls and look-ups teach, and time attempts', async () => {
    const metrics = createMetrics('1')
    const reason = { class: 'platform', text: 'busy' } as const
    const connector = {
      platform: 'mastodon',
      retrySafety: 'safe',
      publish: async () => ({ kind: 'transient', reason }),
      lookUp: async () => ({ kind: 'absent' }),
      where: () => 'there',
    } as unknown as Connector
    const measured = measuredConnector(connector, metrics)
    const outcome = await measured.publish({} as PublishRequest, {} as Steps)
    await measured.lookUp?.({} as never, {} as never)
    expect(outcome).toEqual({ kind: 'transient', reason })
    expect([measured.platform, measured.where({} as never), measured.poll]).toEqual([
      'mastodon',
      'there',
      undefined,
    ])
    const lines = await linesOf(metrics)
    expect(lines).toContain('pressroom_outcomes_total{platform="mastodon",outcome="transient"} 1')
    expect(lines).toContain('pressroom_lookups_total{platform="mastodon",finding="absent"} 1')
    expect(lines).toContain(
      'pressroom_attempt_duration_seconds_count{platform="mastodon",outcome="transient"} 1',
    )
  })

  it('count an attempt that broke off, and let the error pass', async () => {
    const metrics = createMetrics('1')
    const publish = () => Promise.reject(new Error('lease lost'))
    const connector = { platform: 'x', publish } as unknown as Connector
    const attempt = measuredConnector(connector, metrics).publish({} as never, {} as never)
    await expect(attempt).rejects.toThrow('lease lost')
    expect(await linesOf(metrics)).toContain(
      'pressroom_attempt_duration_seconds_count{platform="x",outcome="broken off"} 1',
    )
  })

  it('time chat calls by their result', async () => {
    const metrics = createMetrics('1')
    const chat = {
      name: 'slack',
      pace: { post: [], edit: [], find: [] },
      edit: async () => ({ kind: 'gone' }),
    } as unknown as Chat
    await measuredChat(chat, metrics).edit({} as never)
    metrics.chatWaited('slack', 'edit', 1_500)
    const lines = await linesOf(metrics)
    expect(lines).toContain(
      'pressroom_chat_call_duration_seconds_count{chat="slack",operation="edit",result="gone"} 1',
    )
    expect(lines).toContain('pressroom_chat_wait_seconds_sum{chat="slack",operation="edit"} 1.5')
  })
})

describe('GET /metrics', () => {
  it('reads the servers once for all who ask at a time, and answers without them', async () => {
    let reads = 0
    const route = metricsRoute(createMetrics('1'), {
      gauges: async () => {
        reads += 1
        throw new Error('no database')
      },
      queueDepth: () => Promise.resolve(2),
      now: () => NOW,
    })
    const server = createServer((request, response) => {
      void route(request, response, request.url ?? '')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`
    const answers = await Promise.all([fetch(url), fetch(url), fetch(url)])
    const [body] = await Promise.all(answers.map((answer) => answer.text()))
    const refused = await fetch(url, { method: 'POST' })
    server.closeAllConnections()
    server.close()
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(answers[0]?.headers.get('content-type')).toMatch(/^text\/plain.*version=0\.0\.4/)
    expect(body).toMatch(/^pressroom_database_up 0$/m)
    expect(body).toMatch(/^pressroom_queue_depth 2$/m)
    expect(reads).toBe(1)
    expect(refused.status).toBe(405)
  })
})
