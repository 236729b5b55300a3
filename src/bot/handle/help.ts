import { type Reply, say } from '../reply.js'

export const help: Reply = say(
  [
    '/publish opens the form: text, accounts, media, a text of its own for each account, when.',
    '/publish Hello to:facebook,instagram media:https://… alt:"what it shows" at:"tomorrow 9:00" queues without the form. Without to: it goes to the accounts of this channel. media: may be there several times, each with its alt: after it. If the text itself contains to:, media:, alt: or at:, write text:"…" around it.',
    '/publish status shows what needs somebody, what is scheduled and what is new; with an id, one post in detail, and the buttons of what waits for somebody.',
    '/publish retry <id> sends again what has failed, and nothing else.',
    '/publish cancel <id> stops what has not been sent yet.',
    '/publish duplicate <link> reports a second copy; with an id behind it, of that post.',
    '/publish accounts shows whether each credential works.',
    '/scorecard shows how reliable publishing was: this week, last week, or a week such as 2026-W47.',
    "In a thread: Retry failed, I confirmed it's live, It's not there, Edit and retry, Check credentials, Add note, Cancel, Publish now.",
  ].join('\n'),
)
