import { connectorContract, type ErrorRow } from '../../../support/connector-contract.js'
import { IMAGE, SECOND_IMAGE, VIDEO } from '../../../support/sample-media.js'

const says = (name: string, what: ErrorRow['says'], code: number, subcode?: number): ErrorRow => ({
  name: `${name} (${code}${subcode ? `/${subcode}` : ''})`,
  says: what,
  fault: { kind: 'meta_code', code, ...(subcode === undefined ? {} : { subcode }) },
})

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
  errors: [
    says('unknown error', 'doubt', 1),
    says('temporarily down', 'doubt', 2),
    says('taken for spam', 'doubt', 4, 2207051),
    says('too many calls', 'limit', 4),
    says('too many calls to the Page', 'limit', 32),
    says('too fast', 'limit', 100, 1390008),
    says('expired token', 'credential', 190, 463),
    says('missing scope', 'credential', 10),
    says('invalid parameter', 'refusal', 100),
    says('blocked for now', 'refusal', 368),
    says('same as the previous post', 'refusal', 506),
    says('same photos', 'refusal', 100, 1366051),
    says('a code nobody documents', 'refusal', 424242),
  ],
})
