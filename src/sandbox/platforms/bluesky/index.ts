import { type Call, isObject, jsonObject, Refused, type Reply } from '../frame/exchange.js'
import type { Platform } from '../frame/platform.js'
import { Posts, type StoredPost } from '../frame/posts.js'
import { RollingLimit } from '../frame/rolling-limit.js'
import type { World } from '../frame/world.js'
import type { Fault, SandboxAccount } from '../types.js'
import { Blobs } from './blobs.js'
import { checkRecord, isTid, recordCid, tidOf } from './record.js'
import { BlueskySessions } from './sessions.js'
import { rateHeaders, refuseXrpc, xrpcError } from './xrpc.js'

const COLLECTION = 'app.bsky.feed.post'
const POINTS = { create: 3, update: 2, delete: 1 }

interface PostRecord extends StoredPost {
  rkey: string
  value: { [field: string]: unknown }
  cid: string
}

/**
 * A Bluesky PDS: sessions, blobs and post records. No AppView, no video service.
 * @see bluesky-social/atproto packages/pds/src/api/com/atproto
 */
export function createBluesky(world: World): Platform {
  const posts = new Posts<PostRecord>(world.now, 0, world.keep('bluesky posts'))
  const blobs = new Blobs(world)
  const sessions = new BlueskySessions(world)
  const hourly = new RollingLimit(5000, 3_600_000, world.now, world.switches.quotas)
  const daily = new RollingLimit(35_000, 86_400_000, world.now, world.switches.quotas)

  const methods: { [name: string]: [verb: string, run: (call: Call) => Reply] } = {
    'com.atproto.server.describeServer': ['GET', describeServer],
    'com.atproto.server.createSession': ['POST', (call) => sessions.create(call)],
    'com.atproto.server.refreshSession': ['POST', (call) => sessions.refresh(call)],
    'com.atproto.server.getSession': ['GET', (call) => sessions.get(call)],
    'com.atproto.identity.resolveHandle': ['GET', resolveHandle],
    'com.atproto.repo.uploadBlob': ['POST', (call) => blobs.upload(call, sessions.accountOf(call))],
    'com.atproto.repo.createRecord': ['POST', createRecord],
    'com.atproto.repo.putRecord': ['POST', putRecord],
    'com.atproto.repo.deleteRecord': ['POST', deleteRecord],
    'com.atproto.repo.getRecord': ['GET', getRecord],
    'com.atproto.repo.listRecords': ['GET', listRecords],
  }

  function answer(call: Call): Reply {
    const [prefix, name = ''] = call.segments
    const method = methods[name]
    if (prefix !== 'xrpc') throw refuseXrpc(404, 'NotFound', 'Not Found')
    if (!method) throw refuseXrpc(501, 'MethodNotImplemented', 'Method Not Implemented')
    const [verb, run] = method
    if (call.method !== verb) {
      const message = `Incorrect HTTP method (${call.method}) expected ${verb}`
      throw refuseXrpc(405, 'InvalidRequest', message)
    }
    return run(call)
  }

  function describeServer(call: Call): Reply {
    const did = `did:web:${encodeURIComponent(call.headers.host ?? 'sandbox')}`
    return {
      status: 200,
      body: { did, availableUserDomains: ['.example'], inviteCodeRequired: true },
    }
  }

  function resolveHandle(call: Call): Reply {
    const account = sessions.find(call.query.get('handle') ?? '')
    if (!account) throw refuseXrpc(400, 'InvalidRequest', 'Unable to resolve handle')
    return { status: 200, body: { did: account.id } }
  }

  /** Reads a write's common input: the repo must be the caller's, the key a TID. */
  function readWrite(call: Call, needsKey: boolean) {
    const account = sessions.accountOf(call)
    const input = jsonObject(call.body)
    if (!input) throw refuseXrpc(400, 'InvalidRequest', 'Input must be a JSON object')
    const { repo, collection, rkey } = input
    if (typeof repo !== 'string') throw refuseXrpc(400, 'InvalidRequest', 'Input/repo is required')
    if (sessions.find(repo)?.id !== account.id) {
      throw refuseXrpc(401, 'AuthenticationRequired', 'Authentication Required')
    }
    if (collection !== COLLECTION) {
      throw refuseXrpc(400, 'InvalidRequest', `The sandbox keeps ${COLLECTION} only`)
    }
    if (rkey === undefined && !needsKey) {
      return { account, input, rkey: tidOf(BigInt(world.nextId()) / 100n) }
    }
    if (typeof rkey !== 'string' || !isTid(rkey)) {
      throw refuseXrpc(400, 'InvalidRequest', 'Invalid record key: tid')
    }
    return { account, input, rkey }
  }

  function checked(account: SandboxAccount, record: unknown) {
    const found = checkRecord(record, (cid) => blobs.find(account, cid))
    if (typeof found !== 'string' && isObject(record)) return { ...found, value: record }
    const reason = typeof found === 'string' ? found : 'Input/record must be an object'
    const name = reason.startsWith('Could not find blob') ? 'BlobNotFound' : 'InvalidRequest'
    throw refuseXrpc(400, name, reason)
  }

  function createRecord(call: Call): Reply {
    const { account, input, rkey } = readWrite(call, false)
    const draft = checked(account, input.record)
    if (posts.get(uriOf(account.id, rkey))) {
      // The tree code throws a plain error here, so the cause is hidden.
      throw refuseXrpc(500, 'InternalServerError', 'Internal Server Error')
    }
    return write(call, account, rkey, draft, 'create')
  }

  function putRecord(call: Call): Reply {
    const { account, input, rkey } = readWrite(call, true)
    const draft = checked(account, input.record)
    const current = posts.get(uriOf(account.id, rkey))
    if (current?.cid === recordCid(input.record)) {
      // Nothing to do, whatever `swapRecord` says: no commit, and no second post.
      return { status: 200, body: { uri: current.id, cid: current.cid, validationStatus: 'valid' } }
    }
    const { swapRecord } = input
    if (swapRecord !== undefined && swapRecord !== (current?.cid ?? null)) {
      throw refuseXrpc(400, 'InvalidSwap', `Record was at ${current?.cid ?? 'null'}`)
    }
    return write(call, account, rkey, draft, current ? 'update' : 'create')
  }

  function write(
    call: Call,
    account: SandboxAccount,
    rkey: string,
    { text, media, value }: ReturnType<typeof checked>,
    action: 'create' | 'update',
  ): Reply {
    spend(account, POINTS[action])
    const uri = uriOf(account.id, rkey)
    const cid = recordCid(value)
    const at = posts.get(uri)?.at ?? world.now()
    const permalink = `${call.root}/profile/${account.id}/post/${rkey}`
    const createdAt = new Date(at).toISOString()
    blobs.keep(media)
    posts.add({
      id: uri,
      account: account.id,
      text,
      media,
      createdAt,
      permalink,
      at,
      liveAt: at,
      rkey,
      value,
      cid,
    })
    const commit = { cid: recordCid({ uri, cid }), rev: tidOf(BigInt(world.nextId()) / 100n) }
    const body = { uri, cid, commit, validationStatus: 'valid' }
    return { status: 200, body, headers: rateHeaders(hourly, account.id) }
  }

  function deleteRecord(call: Call): Reply {
    const { account, rkey } = readWrite(call, true)
    spend(account, POINTS.delete)
    posts.remove(uriOf(account.id, rkey))
    return { status: 200, body: {} }
  }

  function spend(account: SandboxAccount, points: number): void {
    if (hourly.take(account.id, points) && daily.take(account.id, points)) return
    const refusal = xrpcError(429, 'RateLimitExceeded', 'Rate Limit Exceeded')
    throw new Refused({ ...refusal, headers: rateHeaders(hourly, account.id) })
  }

  function getRecord(call: Call): Reply {
    const [repo, collection, rkey] = ['repo', 'collection', 'rkey'].map((name) =>
      call.query.get(name),
    )
    if (!repo || !collection || !rkey) {
      throw refuseXrpc(400, 'InvalidRequest', 'Params must have repo, collection and rkey')
    }
    const account = sessions.find(repo)
    const uri = `at://${account?.id ?? repo}/${collection}/${rkey}`
    const record = posts.get(uri)
    if (!record) throw refuseXrpc(400, 'RecordNotFound', `Could not locate record: ${uri}`)
    return { status: 200, body: { uri, cid: record.cid, value: record.value } }
  }

  function listRecords(call: Call): Reply {
    const account = sessions.find(call.query.get('repo') ?? '')
    const limit = Number(call.query.get('limit') ?? 50)
    const collection = call.query.get('collection')
    if (!account || !collection || !(limit >= 1 && limit <= 100)) {
      throw refuseXrpc(
        400,
        'InvalidRequest',
        'Params must have repo, collection and limit 1 to 100',
      )
    }
    const cursor = call.query.get('cursor')
    const reverse = call.query.get('reverse') === 'true'
    const all = collection === COLLECTION ? posts.listed(account.id) : []
    const ordered = all.sort((a, b) => (a.rkey < b.rkey === reverse ? -1 : 1))
    const rest = ordered.filter(
      ({ rkey }) => cursor === null || (reverse ? rkey > cursor : rkey < cursor),
    )
    const records = rest.slice(0, limit)
    const last = records.at(-1)?.rkey
    return {
      status: 200,
      body: {
        records: records.map(({ id: uri, cid, value }) => ({ uri, cid, value })),
        ...(last === undefined ? {} : { cursor: last }),
      },
    }
  }

  function spoil(fault: Fault): Reply {
    switch (fault.kind) {
      case 'no_id':
        return { status: 200, body: {} }
      case 'rate_limit': {
        const reset = Math.ceil(world.now() / 1000 + (fault.retryAfterS ?? 60))
        const headers = { ...rateHeaders(hourly, ''), 'ratelimit-reset': String(reset) }
        return { ...xrpcError(429, 'RateLimitExceeded', 'Rate Limit Exceeded'), headers }
      }
      case 'bad_token':
        // 401 is what the account's password comes to, 400 what a session does that can be renewed.
        return fault.status === 400
          ? xrpcError(400, 'ExpiredToken', 'Token has expired')
          : xrpcError(401, 'AuthenticationRequired', 'Invalid identifier or password')
      case 'forbidden':
        return xrpcError(401, 'AccountTakedown', 'Account has been taken down')
      case 'duplicate_refusal':
        return xrpcError(400, 'InvalidSwap', 'Record was at another content id')
      default:
        return xrpcError(fault.status ?? 500, 'InternalServerError', 'Internal Server Error')
    }
  }

  return {
    posts,
    answer,
    spoil,
    purposeOf: (call) => {
      const method = call.segments[1] ?? ''
      const account = sessions.ownerOf(call)
      if (/\.(create|put)Record$/.test(method)) return { kind: 'mutation', account }
      return { kind: method.endsWith('.uploadBlob') ? 'prepare' : 'read', account }
    },
    postIdAt: ([profile, who, post, rkey, ...rest]) => {
      if (profile !== 'profile' || post !== 'post' || !who || !rkey || rest.length > 0) return
      return uriOf(sessions.find(who)?.id ?? who, rkey)
    },
    reset: () => {
      posts.clear()
      blobs.clear()
      sessions.clear()
      hourly.clear()
      daily.clear()
    },
  }
}

function uriOf(did: string, rkey: string): string {
  return `at://${did}/${COLLECTION}/${rkey}`
}
