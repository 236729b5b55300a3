import { type Reply, say } from '../reply.js'

/** The same as in the other chat, in the words of Discord's options. */
export const help: Reply = say(
  [
    '/publish post text:Hello to:facebook,instagram media:(file) alt:what it shows at:tomorrow 9:00 publishes. Without to: it goes to the accounts of this channel, without at: now. Several lines do not fit into an option: leave text: out, and the form opens.',
    '/publish form opens the form.',
    '/publish status shows what needs somebody, what is scheduled and what is new; with an id, one post in detail, and the buttons of what waits for somebody.',
    '/publish retry sends again what has failed, and nothing else.',
    '/publish cancel stops what has not been sent yet.',
    '/publish duplicate reports a second copy by its link.',
    '/publish accounts shows whether each credential works.',
    '/scorecard shows how reliable publishing was: this week, last week, or a week such as 2026-W47.',
    "In a thread: Retry failed, I confirmed it's live, It's not there, Edit and retry, Check credentials, Add note, Cancel, Publish now.",
  ].join('\n'),
)
