import { DateTime } from 'luxon'
import { listAccounts, requestCheck, type StoredAccount } from '../../store/accounts.js'
import { once } from '../../store/inbox.js'
import { touchPost } from '../../store/posts.js'
import { hear } from '../hear.js'
import { nothing, type Reply, say } from '../reply.js'
import { duration } from '../wording.js'
import type { Asked, Found } from './asked.js'
import type { HandleDeps } from './deps.js'
import { listOf } from './words.js'

/** Each account with the health of its credential. */
export async function accounts(deps: HandleDeps): Promise<Reply> {
  const list = await listAccounts(deps.database.orm)
  if (list.length === 0) return say('No accounts are set up yet.')
  const lines = list.map((account) => `• ${describe(account, deps)}`)
  return say(`Accounts, and whether their credentials work:\n${lines.join('\n')}`)
}

function describe(account: StoredAccount, { now, timeZone }: HandleDeps): string {
  const name = `${account.name} (${account.platform})`
  const checked = account.checked as Checked | null
  const ago = account.checkedAt ? duration(Math.max(0, now() - account.checkedAt.getTime())) : ''
  if (account.status === 'held') {
    const reason = account.heldReason as { text?: string; next?: string } | null
    const words = [reason?.text ?? 'The credential is refused.', reason?.next].filter(Boolean)
    return `${name}: disconnected. ${words.join(' ')}`
  }
  const pausedUntil = account.pausedUntil?.getTime() ?? 0
  if (pausedUntil > now()) {
    const until = DateTime.fromMillis(pausedUntil, { zone: timeZone }).toFormat('HH:mm')
    const reason = account.pausedReason as { text?: string } | null
    return `${name}: paused until ${until}. ${reason?.text ?? 'The platform limits the rate.'}`
  }
  switch (checked?.kind) {
    case 'ok': {
      const identity = checked.identity ? ` (${checked.identity})` : ''
      return `${name}: works${identity}, checked ${ago} ago${expiry(checked, now())}`
    }
    case 'unknown':
      return `${name}: not known; the check ${ago} ago did not work. ${checked.reason?.text ?? ''}`.trim()
    default:
      return `${name}: not checked yet`
  }
}

/** A CredentialCheck as it was stored. */
interface Checked {
  readonly kind: string
  readonly identity?: string
  readonly expiresAt?: number
  readonly renews?: boolean
  readonly warning?: string
  readonly reason?: { readonly text?: string }
}

function expiry({ expiresAt, renews, warning }: Checked, now: number): string {
  if (warning) return `. ${warning}`
  if (renews) return ', renews itself'
  if (expiresAt === undefined) return ''
  return expiresAt > now ? `, expires in ${duration(expiresAt - now)}` : ', has expired'
}

/**
 * "Check credentials": asks the workers to look now, and says what they found, here and in the
 * thread; what is held goes on by itself if it works.
 */
export async function checkCredentials(
  { post, target, targets }: Found,
  asked: Asked,
  deps: HandleDeps,
): Promise<Reply> {
  const held = targets.filter((one) => one.target.state.status === 'held')
  const about = target ? [target] : held.length > 0 ? held : targets
  const names = [...new Set(about.map(({ account }) => account))]
  const at = deps.now()
  const { orm } = deps.database
  const checks = await hear('pressroom_checked', deps.database)
  let answered: boolean | undefined
  try {
    const { first } = await once(orm, asked.key, at, async (tx) => {
      for (const name of names) await requestCheck(tx, name, at)
      return null
    })
    if (!first) return nothing
    answered = await checks.until(names, deps.waitForCheckMs ?? WAIT_FOR_CHECK_MS)
  } finally {
    await checks.end()
  }
  if (answered) {
    await touchPost(orm, post.id)
    const checked = (await listAccounts(orm)).filter(({ name }) => names.includes(name))
    const lines = checked.map((account) => describe(account, deps))
    const goesOn = held.length > 0 ? '\nWhat is held goes on by itself once it works.' : ''
    return say(`${lines.join('\n')}${goesOn}`)
  }
  return say(
    `Checking ${listOf(names)} now. What is held goes on by itself when the credential works; the accounts command shows the result.`,
  )
}

/** A check is a request or two to the platform. */
const WAIT_FOR_CHECK_MS = 8_000
