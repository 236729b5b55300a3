import { beforeEach } from 'vitest'
import { connectorContract } from '../../../support/connector-contract.js'
import { IMAGE, SECOND_IMAGE } from '../../../support/sample-media.js'

beforeEach(({ task, skip }) => {
  if (task.name.startsWith('is found when')) skip('it cannot be looked for; a person is asked')
})

connectorContract('LinkedIn keeps the contract for a member, who cannot be read', {
  platform: 'linkedin',
  account: { author: 'urn:li:person:sandbox', accessToken: 'sandbox-linkedin-member-token' },
  token: 'sandbox-linkedin-member-token',
  contents: {
    'a text with a link': { text: 'The harbour: https://acme.example/a_b', media: [] },
    'two pictures': { text: 'Two of the harbour', media: [IMAGE, SECOND_IMAGE] },
  },
  prepared: 'two pictures',
  provesAbsence: false,
  errors: [{ name: 'a duplicate', says: 'refusal', fault: { kind: 'duplicate_refusal' } }],
})
