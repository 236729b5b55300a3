import type { Outcome, Reason } from '../../core/outcome.js'
import { reconnectWith } from '../account.js'
import { type CallKind, classifyAnswer, permanent, rateLimited, type Success } from '../classify.js'
import type { Answer } from '../http.js'
import { errorBody, type TelegramError } from './wire.js'

const PLATFORM = 'Telegram'
const MAX_WORDS = 300
const NEW_TOKEN = reconnectWith('the token that @BotFather gives')
const RIGHTS =
  'Add the bot to the channel as an administrator who may post, then press Check credentials.'

/**
 * What an exchange with the Bot API taught us. Its errors name their code in the body; those below
 * 500, but for a time-out, are taken at their word.
 * @see Bot API, "Making requests"
 */
export function judge(answer: Answer, call: CallKind): Outcome | Success {
  return classifyAnswer(PLATFORM, answer, call, ({ status }, json) => {
    const said = errorBody.safeParse(json)
    if (!said.success) return undefined
    const { error_code, parameters } = said.data
    if (error_code === 429) {
      const seconds = parameters?.retry_after
      return rateLimited(PLATFORM, seconds === undefined ? undefined : seconds * 1000)
    }
    const doubtful = [status, error_code].some((one) => one === 408 || one >= 500)
    return doubtful ? inTrouble(said.data, call) : refusal(said.data)
  })
}

function inTrouble({ error_code, description }: TelegramError, call: CallKind): Outcome {
  const text = `Telegram answered ${error_code}: ${description.slice(0, MAX_WORDS)}`
  const reason: Reason = { class: 'platform', code: String(error_code), text }
  return call === 'mutation' ? { kind: 'ambiguous', reason } : { kind: 'transient', reason }
}

function refusal({ error_code, description, parameters }: TelegramError): Outcome {
  const code = String(error_code)
  const words = description.replace(/^(Bad Request|Forbidden): /, '').slice(0, MAX_WORDS)
  const newChatId = parameters?.migrate_to_chat_id
  if (newChatId !== undefined) {
    const text = `The Telegram group has become a supergroup with the id ${newChatId}.`
    return permanent('permission', text, reconnectWith('that id as chatId'), code)
  }
  // A token of the wrong form is answered with 404, because it is a part of the path.
  if (error_code === 401 || error_code === 404) {
    return permanent('auth', 'Telegram refuses the bot token.', NEW_TOKEN, code)
  }
  if (error_code === 403 || /chat not found|rights|not a member|write_forbidden/i.test(words)) {
    return permanent('permission', `Telegram does not allow it: ${words}`, RIGHTS, code)
  }
  if (error_code === 413 || /photo|video|image|file|media|wrong type/i.test(words)) {
    const next = 'Try another file.'
    return permanent('media', `Telegram refuses a file: ${words}`, next, code)
  }
  return permanent('validation', `Telegram refuses it: ${words}`, undefined, code)
}
