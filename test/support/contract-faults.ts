import type { ErrorRow } from './connector-bench.js'

const status = (code: number): ErrorRow => ({
  name: `status ${code}`,
  says: 'doubt',
  fault: { kind: 'status', status: code },
})

const redirect = (code: number): ErrorRow => ({
  name: `redirect ${code}`,
  says: 'doubt',
  fault: { kind: 'redirect', status: code },
})

/** What any call may be answered with. */
export const ERRORS: readonly ErrorRow[] = [
  { name: 'reset', says: 'doubt', fault: { kind: 'reset' } },
  { name: 'no answer', says: 'doubt', fault: { kind: 'stall' } },
  ...[408, 500, 502, 503, 504].map(status),
  { name: 'broken JSON', says: 'doubt', fault: { kind: 'garbage' } },
  { name: 'empty body', says: 'doubt', fault: { kind: 'empty' } },
  { name: 'no id', says: 'doubt', fault: { kind: 'no_id' } },
  { name: 'HTML 502', says: 'doubt', fault: { kind: 'html_error', status: 502 } },
  { name: 'HTML 403', says: 'doubt', fault: { kind: 'html_error', status: 403 } },
  redirect(307),
  { name: 'rate limit', says: 'limit', fault: { kind: 'rate_limit', retryAfterS: 30 } },
  { name: 'refused token', says: 'credential', fault: { kind: 'bad_token' } },
  { name: 'missing permission', says: 'credential', fault: { kind: 'forbidden' } },
]

/** Beside those: what is only worth telling apart where it answers the call that publishes. */
export const MUTATION_ERRORS: readonly ErrorRow[] = [
  ...ERRORS,
  ...[301, 302].map(redirect),
  { name: 'an answer after the time', says: 'doubt', fault: { kind: 'slow', delayMs: 600 } },
]

/** How a mutation is kept from leaving at all, by where it is sent instead. */
export const NOT_SENT: readonly (readonly [string, (url: URL) => void])[] = [
  [
    'a refused connection',
    (url) => {
      url.port = '1' // nobody listens there
    },
  ],
  [
    'a name that means nothing',
    (url) => {
      url.hostname = 'pressroom.invalid' // RFC 6761, section 6.4
    },
  ],
  [
    'a server without TLS',
    (url) => {
      url.protocol = 'https:'
    },
  ],
]

/** What a platform is known to say of posts that it has accepted all the same. */
export const isNoLastWord = ({ says, fault }: ErrorRow) =>
  says === 'doubt' || says === 'refusal' || fault.transient === true
