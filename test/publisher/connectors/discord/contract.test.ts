import { beforeEach } from 'vitest'
import { connectorContract } from '../../../support/connector-contract.js'
import { IMAGE, SECOND_IMAGE, VIDEO } from '../../../support/sample-media.js'

beforeEach(({ task, skip }) => {
  if (task.name.startsWith('is found when')) skip('it cannot be looked for; a person is asked')
})

connectorContract('Discord keeps the contract', {
  platform: 'discord',
  account: { webhookId: '1100000000000000001', webhookToken: 'sandbox-discord-token' },
  token: 'sandbox-discord-token',
  contents: {
    'a text with a link': {
      text: 'The harbour is *open* & <free>, @everyone: https://acme.example/a_b',
      media: [],
    },
    'one picture': { text: 'The harbour', media: [IMAGE] },
    'a picture without text': { text: '', media: [IMAGE] },
    'pictures and a video': { text: 'The harbour', media: [IMAGE, SECOND_IMAGE, VIDEO] },
  },
  provesAbsence: false,
  errors: [{ name: 'an invalid form', says: 'refusal', fault: { kind: 'duplicate_refusal' } }],
})
