import { connectorContract } from '../../../support/connector-contract.js'
import { IMAGE, SECOND_IMAGE, VIDEO } from '../../../support/sample-media.js'
import { META_ROWS, metaRow } from '../meta/error-rows.js'

connectorContract('Facebook keeps the contract', {
  platform: 'facebook',
  account: { pageId: '1029', accessToken: 'sandbox-facebook-token' },
  token: 'sandbox-facebook-token',
  contents: {
    'a text with a link': { text: 'The harbour is open: https://acme.example/harbour', media: [] },
    'one photo': { text: 'The harbour', media: [IMAGE] },
    'a photo without text': { text: '', media: [IMAGE] },
    'two photos': { text: 'Two of the harbour', media: [IMAGE, SECOND_IMAGE] },
    'a video': { text: 'The harbour, moving', media: [VIDEO] },
  },
  prepared: 'two photos',
  provesAbsence: false,
  seesCopies: true,
  errors: [
    ...META_ROWS,
    metaRow('taken for spam', 'doubt', 4, 2207051),
    metaRow('too fast', 'limit', 100, 1390008),
    metaRow('same as the previous post', 'refusal', 506),
    metaRow('same photos', 'refusal', 100, 1366051),
  ],
})
