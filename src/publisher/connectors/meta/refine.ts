import { z } from 'zod'
import type { Outcome, Reason } from '../../core/outcome.js'
import {
  type CallKind,
  type RateLimited,
  type Refine,
  rateLimited,
  retryAfterMs,
} from '../classify.js'
import { parseJson } from '../http.js'
import { type GraphError, graphError, type Meaning, type Meanings, meaningOf } from './errors.js'

/**
 * Meta's reading of a refusal. On the mutation an error settles nothing by itself, because Meta is
 * known to refuse what it has accepted; only what concerns the account (credential, permission,
 * rate limit) is taken at its word. A 5xx leaves the doubt whatever its body says, and so does an
 * error that calls itself transient: Meta has answered so and made the post.
 * @param secret taken out of whatever Meta says: it quotes malformed tokens
 */
export function refineGraph(platform: string, secret: string, own: Meanings): Refine {
  return (answer, json, call) => {
    const error = graphError(json)
    if (!error) return undefined
    const code = error.error_subcode ? `${error.code}/${error.error_subcode}` : `${error.code}`
    const said = wordsOf(error, secret)
    const { status, headers } = answer
    if (call === 'mutation' && status >= 500) {
      const text = `${platform} answered ${status}: ${said}`
      return { kind: 'ambiguous', reason: { class: 'platform', code, text } }
    }
    const doubtful = call === 'mutation' && error.is_transient === true
    const read = meaningOf(error, status, own)
    const meaning = doubtful ? unsettled(read) : read
    if (meaning.kind === 'limited') {
      const waitMs = regainAccessMs(headers) ?? retryAfterMs(headers) ?? meaning.waitMs
      const limit = rateLimited(platform, waitMs, code)
      return doubtful ? limitInDoubt(limit) : limit
    }
    return outcomeOf(meaning, reasonOf(meaning, platform, said, code), call)
  }
}

/**
 * What is left of a meaning in doubt: it is no last word, and the post may be sent again if it is
 * not out. A rate limit stays one, because the account has to wait in any case: throttles call
 * themselves transient as a rule.
 * @see https://github.com/facebook/facebook-nodejs-business-sdk/issues/97
 */
function unsettled(meaning: Meaning): Meaning {
  switch (meaning.kind) {
    case 'blocked':
      return { kind: 'unsure', class: meaning.class }
    case 'refused': {
      if (meaning.stops) return meaning
      const { class: failure, text } = meaning
      return { kind: 'unsure', class: failure, ...(text === undefined ? {} : { text }) }
    }
    default:
      return meaning
  }
}

/** The account waits, while the post is looked for. */
function limitInDoubt({ reason, retryAfterMs }: RateLimited): Outcome {
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs }
  return { kind: 'ambiguous', reason, refusal: reason, ...wait }
}

function outcomeOf(
  meaning: Exclude<Meaning, { kind: 'limited' }>,
  reason: Reason,
  call: CallKind,
): Outcome {
  if (meaning.kind === 'blocked') return { kind: 'permanent', reason }
  if (call === 'mutation') {
    return meaning.kind === 'refused'
      ? { kind: 'ambiguous', reason, refusal: reason }
      : { kind: 'ambiguous', reason }
  }
  if (meaning.kind === 'refused') return { kind: 'permanent', reason }
  return { kind: 'transient', reason, ...(meaning.discardHandles ? { discardHandles: true } : {}) }
}

function reasonOf(
  meaning: Exclude<Meaning, { kind: 'limited' }>,
  platform: string,
  said: string,
  code: string,
): Reason {
  if (meaning.kind === 'blocked') {
    return { class: meaning.class, code, text: `${platform}: ${meaning.text}`, next: meaning.next }
  }
  const verb = meaning.kind === 'refused' ? 'refuses it' : 'had an error of its own'
  return {
    class: meaning.class,
    code,
    text: meaning.text ? `${platform} ${meaning.text}.` : `${platform} ${verb}: ${said}`,
    ...(meaning.kind === 'refused' && meaning.next ? { next: meaning.next } : {}),
  }
}

const MAX_WORDS = 300

function wordsOf(error: GraphError, secret: string): string {
  const words = (error.error_user_msg || error.message)
    .replace(/^\(#-?\d+\)\s*/, '')
    .replaceAll(secret, '***')
    .replace(/\s+/g, ' ')
    .trim()
  const short = words.length > MAX_WORDS ? `${words.slice(0, MAX_WORDS)}…` : words
  return short || `error ${error.code}`
}

const usageHeader = z.record(
  z.string(),
  z.array(z.object({ estimated_time_to_regain_access: z.number().catch(0) })),
)

/**
 * How long until the account may call again, from `X-Business-Use-Case-Usage`, which counts in
 * minutes; the longest wait counts.
 * @see Meta docs, Graph API "Rate Limits"
 */
export function regainAccessMs(headers: Readonly<Record<string, string>>): number | undefined {
  const usage = usageHeader.safeParse(parseJson(headers['x-business-use-case-usage'] ?? ''))
  if (!usage.success) return undefined
  const minutes = Object.values(usage.data)
    .flat()
    .map((entry) => entry.estimated_time_to_regain_access)
  const longest = Math.max(0, ...minutes)
  return longest > 0 ? longest * 60_000 : undefined
}
