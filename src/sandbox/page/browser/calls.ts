import type { JsonObject } from '../../slack/types.js'
import type { FaultMode } from '../server.js'

/** What a person may put into a field of a form. */
export type FieldValue = string | number | null | string[]

/** How the app answered what a person did. */
export interface Answer {
  error?: string
  errors?: Record<string, string>
  responseAction?: string
  options?: JsonObject[]
}

async function post<T>(name: string, body: BodyInit, type = 'application/json'): Promise<T> {
  const response = await fetch(`page/${name}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  })
  const json = await response.json()
  if (!response.ok) throw new Error(json.message ?? 'That did not work.')
  return json
}

const act = (name: string, body: object) => post<Answer>(name, JSON.stringify(body))

/** Things a person does; each resolves once the app has answered. */
export const calls = {
  slash: (body: { user: string; command: string; text: string; channel: string }) =>
    act('slash', body),
  say: (body: { user: string; text: string; channel: string; threadTs?: string }) =>
    act('say', body),
  click: (body: {
    user: string
    target: string
    actionId: string
    blockId?: string
    value?: FieldValue
    values?: Record<string, FieldValue>
  }) => act('click', body),
  submit: (body: { user: string; viewId: string; values: Record<string, FieldValue> }) =>
    act('submit', body),
  close: (body: { user: string; viewId: string }) => act('close', body),
  suggest: (body: { user: string; viewId: string; actionId: string; query: string }) =>
    act('suggest', body),
  setFault: (body: { platform: string; mode: FaultMode }) => act('fault', body),
  upload: (user: string, file: File) =>
    post<{ id: string; name: string; mimetype: string }>(
      `upload?${new URLSearchParams({ user, name: file.name })}`,
      file,
      file.type || 'application/octet-stream',
    ),
}
