import { z } from 'zod'
import { listWebhooks, resumeWebhook } from '../../store/webhooks.js'
import { operation } from '../operation.js'
import { ProblemError } from '../problem.js'
import { shapes } from '../shapes.js'

const webhooksShape = z
  .object({
    webhooks: z.array(
      z.object({
        name: z.string(),
        state: z.enum(['works', 'failing', 'paused']),
        waiting: z.int().describe('Events that were not taken yet'),
        failingSince: z.iso.datetime().nullable(),
        lastError: z.string().nullable(),
        retryAt: z.iso.datetime().nullable(),
      }),
    ),
  })
  .register(shapes, { id: 'Webhooks' })

export const readWebhooks = operation({
  id: 'readWebhooks',
  method: 'GET',
  path: '/api/webhooks',
  scope: 'admin',
  summary: 'The webhooks of the accounts file, and whether their receivers take what they are told',
  answers: { 200: { description: 'By name', schema: webhooksShape } },
  problems: [],
  async run(_asking, { database }) {
    const webhooks = (await listWebhooks(database.orm)).map((one) => ({
      name: one.name,
      state: one.pausedAt ? 'paused' : one.failures > 0 ? 'failing' : 'works',
      waiting: one.waiting,
      failingSince: one.failingSince?.toISOString() ?? null,
      lastError: one.lastError,
      retryAt: one.retryAt?.toISOString() ?? null,
    }))
    return { status: 200, body: { webhooks } }
  },
})

export const resume = operation({
  id: 'resumeWebhook',
  method: 'POST',
  path: '/api/webhooks/{name}/resume',
  scope: 'admin',
  summary: 'Tries a failing or paused webhook again at once',
  params: z.object({ name: z.string().max(60) }),
  answers: { 202: { description: 'It is being tried', schema: z.object({ name: z.string() }) } },
  problems: ['not-found'],
  async run({ params: { name } }, { database }) {
    if (await resumeWebhook(database.orm, name)) return { status: 202, body: { name } }
    throw new ProblemError('not-found', `There is no webhook ${name}.`)
  },
})
