import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createMetrics } from '../../src/observe/metrics.js'

it('the dashboard asks only for figures that there are', async () => {
  const readings = { gauges: undefined, queueDepth: undefined, now: 0 }
  const { body } = await createMetrics('1').text(readings)
  const known = new Set([...body.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name))
  const dashboard = readFileSync('docs/grafana.json', 'utf8')
  const asked = [...dashboard.matchAll(/\b(?:pressroom|process|nodejs)_\w+/g)].map(([name]) =>
    name.replace(/_(bucket|count|sum)$/, ''),
  )
  expect(asked.length).toBeGreaterThan(12)
  expect([...new Set(asked)].filter((name) => !known.has(name))).toEqual([])
})

it('the manual speaks only of figures that there are', async () => {
  const readings = { gauges: undefined, queueDepth: undefined, now: 0 }
  const { body } = await createMetrics('1').text(readings)
  const known = new Set([...body.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name))
  const text = readFileSync('docs/operations.md', 'utf8')
  const named = [...text.matchAll(/`((?:pressroom|nodejs)_\w+)/g)].map(([, name]) => name)
  expect(named.length).toBeGreaterThan(5)
  expect(named.filter((name) => !known.has(name))).toEqual([])
})
