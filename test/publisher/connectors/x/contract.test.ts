import { connectorContract } from '../../../support/connector-contract.js'
import { IMAGE, SECOND_IMAGE, VIDEO } from '../../../support/sample-media.js'

/** The accounts file names no account id, so that the token stands for it here. */
const TOKEN = '2244994945'

connectorContract('X keeps the contract', {
  platform: 'x',
  account: { accessToken: TOKEN },
  token: TOKEN,
  contents: {
    'a text with a link': {
      text: 'The harbour is open & <free>: https://acme.example/harbour?a=1&b=2. Come!',
      media: [],
    },
    'one picture': { text: 'The harbour', media: [IMAGE] },
    'a picture without text': { text: '', media: [IMAGE] },
    'two pictures and a link': {
      text: 'Two of https://acme.example',
      media: [IMAGE, SECOND_IMAGE],
    },
    'a video': { text: 'The harbour, moving', media: [VIDEO] },
  },
  prepared: 'a video',
  provesAbsence: false,
  seesCopies: true,
  remembersTexts: true,
  sandbox: { accounts: { x: [{ id: TOKEN, token: TOKEN, name: 'Acme', username: 'acme' }] } },
  errors: [{ name: 'the same text again', says: 'refusal', fault: { kind: 'duplicate_refusal' } }],
})
