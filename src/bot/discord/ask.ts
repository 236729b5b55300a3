import { type APIInteractionResponse, InteractionResponseType, MessageFlags } from 'discord.js'
import { button, rows } from './render.js'

const QUESTIONS: Readonly<Record<string, { text: string; yes: string }>> = {
  publish_anyway: {
    text: '**Publish it a second time?** Everybody who follows these accounts will see it twice.',
    yes: 'Publish a second copy',
  },
  retry_failed: {
    text: '**Publish it again?** It was live and is gone. If somebody deleted it on purpose, leave it.',
    yes: 'Publish it again',
  },
  delete_copy: {
    text: '**Delete the copy?** It will be gone for good. The one that the message links to stays.',
    yes: 'Delete the copy',
  },
}
const OTHERWISE = { text: '**Are you sure?**', yes: 'Yes' }

/**
 * The second question before something that the public would see twice; needs no store. On a private
 * message it takes the place of the first one.
 */
export function askAgain(action: string, id: string, onPrivate: boolean): APIInteractionResponse {
  const { text, yes } = QUESTIONS[action] ?? OTHERWISE
  const drop = { action: 'cancel', value: id, label: 'Cancel' } as const
  const data = {
    content: text,
    components: rows([
      button({ action, value: id, label: yes, style: 'danger' }),
      // A draft can be dropped; what stands on a card is simply left as it is.
      ...(action === 'publish_anyway' ? [button(drop)] : []),
    ]),
  }
  return onPrivate
    ? { type: InteractionResponseType.UpdateMessage, data }
    : {
        type: InteractionResponseType.ChannelMessageWithSource,
        data: { ...data, flags: MessageFlags.Ephemeral },
      }
}
