import { beforeEach } from 'vitest'
import { connectorContract } from '../../../support/connector-contract.js'
import { IMAGE, VIDEO } from '../../../support/sample-media.js'

/** Telegram has no alternative texts. */
const { alt: _none, ...PHOTO } = IMAGE

beforeEach(({ task, skip }) => {
  if (task.name.startsWith('is found when')) skip('it cannot be looked for; a person is asked')
})

connectorContract('Telegram keeps the contract', {
  platform: 'telegram',
  account: { chatId: '@acme', botToken: 'sandbox-telegram-token' },
  token: 'sandbox-telegram-token',
  contents: {
    'a text with a link': {
      text: 'The harbour is *open* & <free>: https://acme.example/a_b\n\nCome!',
      media: [],
    },
    'one photo': { text: 'The harbour', media: [PHOTO] },
    'a photo without text': { text: '', media: [PHOTO] },
    'a video': { text: 'The harbour, moving', media: [VIDEO] },
  },
  provesAbsence: false,
  errors: [{ name: 'a bad request', says: 'refusal', fault: { kind: 'duplicate_refusal' } }],
})
