import { connectorContract } from '../../../support/connector-contract.js'
import { IMAGE, SECOND_IMAGE, VIDEO } from '../../../support/sample-media.js'

connectorContract('LinkedIn keeps the contract for an organisation', {
  platform: 'linkedin',
  account: { author: 'urn:li:organization:77', accessToken: 'sandbox-linkedin-token' },
  token: 'sandbox-linkedin-token',
  contents: {
    'a text with reserved characters': {
      text: 'The harbour (pier_2) is *open* @ 9 <now> #harbour: https://acme.example/a_b?c=[d]',
      media: [],
    },
    'a link with a card': {
      text: 'The harbour is open: https://acme.example/harbour.',
      media: [],
      card: {
        url: 'https://acme.example/harbour',
        title: 'Open again',
        description: 'After the storm',
        thumb: IMAGE,
      },
    },
    'one picture': { text: 'The harbour', media: [IMAGE] },
    'two pictures': { text: 'Two of the harbour', media: [IMAGE, SECOND_IMAGE] },
    'a video': { text: 'The harbour, moving', media: [VIDEO] },
  },
  prepared: 'two pictures',
  provesAbsence: false,
  seesCopies: true,
  errors: [{ name: 'a duplicate', says: 'refusal', fault: { kind: 'duplicate_refusal' } }],
})
