import { z } from 'zod'
import type { Outcome } from '../../core/outcome.js'
import { type CallKind, classifyAnswer, failureOf, type Success, unreadable } from '../classify.js'
import type { CredentialCheck, Reader, Removal, Steps } from '../connector.js'
import { type Answer, type FormPart, type HttpRequest, parseJson } from '../http.js'
import { failedCheck, type Listed, type Read, type Unread } from '../read.js'
import { remoteId } from '../remote-id.js'
import { graphError, isMissing, type Meanings } from './errors.js'
import { refineGraph } from './refine.js'

export interface GraphAccount {
  readonly apiUrl: string
  readonly apiVersion: string
  readonly accessToken: string
}

type Params = Readonly<Record<string, string>>

/** The Graph API as one account of one platform sees it; it builds requests and reads answers. */
export interface Graph {
  /** As people know it, such as `Facebook`. */
  readonly platform: string
  get(path: string, params?: Params): HttpRequest
  post(path: string, form: Params): HttpRequest
  upload(path: string, parts: readonly FormPart[]): HttpRequest
  remove(path: string): HttpRequest
  judge(answer: Answer, call: CallKind): Outcome | Success
}

/** @param meanings what this platform's errors mean beyond the shared table */
export function createGraph(platform: string, account: GraphAccount, meanings: Meanings): Graph {
  const { apiUrl, apiVersion, accessToken } = account
  const refine = refineGraph(platform, accessToken, meanings)
  const headers = { authorization: `Bearer ${accessToken}` }
  const url = (path: string, params: Params = {}) => {
    const query = new URLSearchParams(params).toString()
    return `${apiUrl}/${apiVersion}/${path}${query ? `?${query}` : ''}`
  }
  return {
    platform,
    get: (path, params) => ({ method: 'GET', url: url(path, params), headers }),
    post: (path, form) => ({ method: 'POST', url: url(path), headers, body: { form } }),
    upload: (path, multipart) => ({ method: 'POST', url: url(path), headers, body: { multipart } }),
    remove: (path) => ({ method: 'DELETE', url: url(path), headers }),
    judge: (answer, call) => classifyAnswer(platform, answer, call, refine),
  }
}

export const createdId = z.object({ id: remoteId })

/** One object by its id. `missing` is the platform's own word, and has been seen to be wrong. */
export async function readObject<T>(
  graph: Graph,
  reader: Reader,
  path: string,
  params: Params,
  schema: z.ZodType<T>,
): Promise<Read<T> | { readonly kind: 'missing' }> {
  const answer = await reader.read(graph.get(path, params))
  const error = answer.kind === 'answer' ? graphError(parseJson(answer.text)) : undefined
  if (error && isMissing(error)) return { kind: 'missing' }
  const judged = graph.judge(answer, 'other')
  if (judged.kind !== 'success') return { kind: 'unread', outcome: judged }
  const parsed = schema.safeParse(judged.json)
  return parsed.success ? { kind: 'read', value: parsed.data } : notUnderstood(graph)
}

const page = z.object({
  data: z.array(z.unknown()),
  paging: z
    .object({ next: z.string().optional(), cursors: z.object({ after: z.string() }).optional() })
    .optional()
    .catch(undefined),
})

const MAX_PAGES = 4

/**
 * Everything a list holds, up to four pages. Entries that cannot be read are left out.
 * The next page is asked for by its cursor, on our own address: an address that an answer names
 * is never given the access token.
 */
export async function readList(
  graph: Graph,
  reader: Reader,
  path: string,
  params: Params,
  schema: z.ZodType<Listed>,
): Promise<Read<readonly Listed[]>> {
  const items: Listed[] = []
  let cursor: Params | undefined = {}
  for (let pages = 0; cursor && pages < MAX_PAGES; pages++) {
    const request = graph.get(path, { ...params, ...cursor })
    const judged = graph.judge(await reader.read(request), 'other')
    if (judged.kind !== 'success') return { kind: 'unread', outcome: judged }
    const parsed = page.safeParse(judged.json)
    if (!parsed.success) return notUnderstood(graph)
    for (const entry of parsed.data.data) {
      const item = schema.safeParse(entry)
      if (item.success) items.push(item.data)
    }
    cursor = nextCursor(parsed.data.paging)
  }
  return { kind: 'read', value: items }
}

/** Pages are named by a cursor, or on time-ordered lists by `until` and a token of their own. */
function nextCursor(paging: z.infer<typeof page>['paging']): Params | undefined {
  if (!paging?.next) return undefined
  if (paging.cursors) return { after: paging.cursors.after }
  const query = URL.canParse(paging.next) ? new URL(paging.next).searchParams : undefined
  const named = ['until', '__paging_token', 'after'].flatMap((name) => {
    const value = query?.get(name)
    return value ? [[name, value] as const] : []
  })
  return named.length > 0 ? Object.fromEntries(named) : undefined
}

function notUnderstood(graph: Graph): Unread {
  return { kind: 'unread', outcome: unreadable(graph.platform, 'other', 'what was asked for') }
}

/** Deletes an object; one that is not there any more counts as removed. */
export async function removeObject(
  graph: Graph,
  id: string,
  steps: Pick<Steps, 'prepare'>,
): Promise<Removal> {
  const answer = await steps.prepare(graph.remove(id))
  const error = answer.kind === 'answer' ? graphError(parseJson(answer.text)) : undefined
  if (error && isMissing(error)) return { kind: 'removed' }
  const judged = graph.judge(answer, 'other')
  return judged.kind === 'success'
    ? { kind: 'removed' }
    : { kind: 'notRemoved', reason: failureOf(judged).reason }
}

/**
 * Whether the token opens the account, by reading the account's own name with it. Only a refused
 * token is a refusal: "missing" has been seen for objects that exist.
 */
export async function checkToken(
  graph: Graph,
  reader: Reader,
  accountId: string,
  nameField: 'name' | 'username',
): Promise<CredentialCheck> {
  const fields = `id,${nameField}`
  const read = await readObject(graph, reader, accountId, { fields }, z.looseObject({}))
  if (read.kind === 'read') {
    const named = read.value[nameField]
    return { kind: 'ok', identity: typeof named === 'string' && named ? named : accountId }
  }
  if (read.kind === 'missing') {
    const text = `${graph.platform}: The access token does not show the account ${accountId}.`
    const next = 'Check the id, and whose token it is.'
    return { kind: 'unknown', reason: { class: 'permission', text, next } }
  }
  return failedCheck(read.outcome)
}
