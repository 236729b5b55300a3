import { connectorContract } from '../../../support/connector-contract.js'
import { IMAGE, SECOND_IMAGE, VIDEO } from '../../../support/sample-media.js'

connectorContract('Bluesky keeps the contract', {
  platform: 'bluesky',
  account: { identifier: 'did:plc:sandboxacme2345672345672', appPassword: 'sandbox-bluesky-token' },
  token: 'sandbox-bluesky-token',
  contents: {
    'a text with a link': { text: 'The harbour is open: https://acme.example/harbour.', media: [] },
    'a link with a card': {
      text: 'The harbour is open: https://acme.example/harbour.',
      media: [],
      card: {
        url: 'https://acme.example/harbour',
        title: 'Open again',
        description: '',
        thumb: IMAGE,
      },
    },
    'a mention, a tag and emoji': { text: '⚓️ @acme.example and 👩‍🚀 at the #harbour!', media: [] },
    'one picture': { text: 'The harbour', media: [IMAGE] },
    'two pictures': { text: 'Two of the harbour', media: [IMAGE, SECOND_IMAGE] },
    'a video': { text: 'The harbour, moving', media: [VIDEO] },
  },
  prepared: 'two pictures',
  provesAbsence: true,
  seesCopies: true,
  errors: [
    { name: 'another record under the key', says: 'doubt', fault: { kind: 'duplicate_refusal' } },
  ],
})
