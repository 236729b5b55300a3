import { connectorContract } from '../../../support/connector-contract.js'
import { IMAGE, SECOND_IMAGE, VIDEO } from '../../../support/sample-media.js'
import { META_ROWS, metaRow } from '../meta/error-rows.js'

connectorContract('Threads keeps the contract', {
  platform: 'threads',
  account: { userId: '9921', accessToken: 'sandbox-threads-token' },
  token: 'sandbox-threads-token',
  contents: {
    'a text': { text: 'The harbour is open ⚓ https://acme.example/harbour', media: [] },
    'one image': { text: 'The harbour', media: [IMAGE] },
    'a carousel': { text: 'The harbour, twice', media: [IMAGE, SECOND_IMAGE] },
    'a video': { text: 'The harbour, moving', media: [VIDEO] },
  },
  prepared: 'a carousel',
  provesAbsence: true,
  seesCopies: true,
  sandbox: { doublePublish: 'second_copy' },
  errors: [
    ...META_ROWS,
    metaRow('taken for spam', 'refusal', 4, 2207051),
    metaRow('daily quota', 'limit', 9, 2207042),
    metaRow('account restricted', 'refusal', 25, 4279013),
  ],
})
