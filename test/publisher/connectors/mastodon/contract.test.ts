import { connectorContract } from '../../../support/connector-contract.js'
import { IMAGE, SECOND_IMAGE, VIDEO } from '../../../support/sample-media.js'

const contents = {
  'a text with a link': {
    text: 'The harbour is open & <free>: https://acme.example/harbour\n\nCome!',
    media: [],
  },
  'one picture': { text: 'The harbour', media: [IMAGE] },
  'a picture without text': { text: '', media: [IMAGE] },
  'two pictures': { text: 'Two of the harbour', media: [IMAGE, SECOND_IMAGE] },
  'a video': { text: 'The harbour, moving', media: [VIDEO] },
}
const TOKEN = 'sandbox-mastodon-token'
const setup = {
  platform: 'mastodon',
  account: { accessToken: TOKEN },
  token: TOKEN,
  contents,
  prepared: 'a video',
  seesCopies: true,
} as const
/** The accounts file names no account id, so that the token stands for it here. */
const accounts = { mastodon: [{ id: TOKEN, token: TOKEN, name: 'Acme', username: 'acme' }] }

connectorContract('Mastodon keeps the contract', {
  ...setup,
  provesAbsence: true,
  sandbox: { accounts },
})

connectorContract('A server that only speaks its API keeps the contract', {
  ...setup,
  provesAbsence: false,
  sandbox: { accounts, honourIdempotencyKey: false },
})
