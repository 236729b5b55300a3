import { connectorContract } from '../../../support/connector-contract.js'
import { IMAGE, SECOND_IMAGE, VIDEO } from '../../../support/sample-media.js'
import { META_ROWS, metaRow } from '../meta/error-rows.js'

// What a second publish of one container does is documented nowhere, so it must not matter.
for (const doublePublish of ['error', 'second_copy'] as const) {
  connectorContract(`Instagram keeps the contract where publishing twice gives ${doublePublish}`, {
    platform: 'instagram',
    account: { userId: '1784', accessToken: 'sandbox-instagram-token' },
    token: 'sandbox-instagram-token',
    contents: {
      'one image': { text: 'The harbour is open #harbour', media: [IMAGE] },
      'a carousel': { text: 'The harbour, twice', media: [IMAGE, SECOND_IMAGE] },
      'a carousel with a video': { text: 'The harbour, moving', media: [IMAGE, VIDEO] },
      'a reel': { text: 'Only moving', media: [VIDEO] },
    },
    prepared: 'a carousel',
    provesAbsence: true,
    seesCopies: true,
    sandbox: { doublePublish },
    errors: [
      ...META_ROWS,
      metaRow('taken for spam', 'refusal', 4, 2207051),
      metaRow('server error', 'doubt', -1, 2207001),
      metaRow('container not found', 'doubt', 24, 2207008),
      metaRow('daily quota', 'limit', 9, 2207042),
      metaRow('account restricted', 'refusal', 25, 2207050),
      metaRow('caption too long', 'refusal', 36004, 2207010),
    ],
  })
}
