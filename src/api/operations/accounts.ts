import { z } from 'zod'
import type { Reason } from '../../publisher/core/outcome.js'
import { listAccounts } from '../../store/accounts.js'
import { operation } from '../operation.js'
import { shapes } from '../shapes.js'

const accountsShape = z
  .object({
    accounts: z.array(
      z.object({
        name: z.string(),
        platform: z.string(),
        health: z
          .enum(['works', 'refused', 'unknown'])
          .describe('What the newest check of the credential, or the platform itself, said'),
        checkedAt: z.iso.datetime().nullable(),
        reason: z.string().nullable(),
        pausedUntil: z.iso.datetime().nullable().describe('The platform asked to wait'),
      }),
    ),
  })
  .register(shapes, { id: 'Accounts' })

export const readAccounts = operation({
  id: 'readAccounts',
  method: 'GET',
  path: '/api/accounts',
  scope: 'read',
  summary: 'The accounts that can be published to, and whether their credentials work',
  answers: { 200: { description: 'In the order of the accounts file', schema: accountsShape } },
  problems: [],
  async run(_asking, { database, now }) {
    const list = await listAccounts(database.orm)
    const accounts = list.map(({ name, platform, status, heldReason, ...account }) => {
      const checked = account.checked as { kind: string; reason?: Reason } | null
      const paused = account.pausedUntil && account.pausedUntil.getTime() > now()
      return {
        name,
        platform,
        health: status === 'held' ? 'refused' : checked?.kind === 'ok' ? 'works' : 'unknown',
        checkedAt: account.checkedAt?.toISOString() ?? null,
        reason: ((heldReason as Reason | null) ?? checked?.reason)?.text ?? null,
        pausedUntil: paused ? (account.pausedUntil?.toISOString() ?? null) : null,
      }
    })
    return { status: 200, body: { accounts } }
  },
})
