import { useState } from 'react'
import type { Snapshot } from '../changes.js'
import { Avatar } from './avatar.js'
import { Blocks } from './blocks.js'
import { calls } from './calls.js'
import type { Line } from './use-workspace.js'

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' })
const at = (ts: string) => new Date(Number(ts) * 1000)

/** One message with its author, its blocks and files, and the way into its thread. */
export function MessageLine(props: {
  line: Line
  continues: boolean
  inThread: boolean
  state: Snapshot
  me: string
  theme: string
  onOpenThread: (ts: string) => void
}) {
  const { line, continues, state, me } = props
  const [problem, setProblem] = useState<string>()
  const author = state.users.find((user) => user.id === line.author)
  const name = author?.realName ?? 'Slack'
  const shown = line.blocks ?? [
    { type: 'section', block_id: 'text', text: { type: 'mrkdwn', text: line.text || ' ' } },
  ]

  async function press(action: {
    actionId: string
    blockId: string
    value?: string
  }): Promise<void> {
    try {
      const answer = await calls.click({ user: me, target: line.ts, ...action })
      setProblem(answer.error && 'The app did not answer in time.')
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'That did not work.')
    }
  }

  return (
    <li
      className={`line${continues ? ' continues' : ''}${line.isPrivate ? ' private' : ''}`}
      data-ts={line.ts}
    >
      <div className="gutter">
        {continues ? (
          <time dateTime={at(line.ts).toISOString()}>{clock.format(at(line.ts))}</time>
        ) : (
          <Avatar id={line.author} name={name} />
        )}
      </div>
      <div className="body">
        {line.isPrivate && <p className="only-you">Only visible to you</p>}
        {!continues && (
          <p className="head">
            <strong>{name}</strong>
            {author?.isBot && <span className="badge">APP</span>}
            <time dateTime={at(line.ts).toISOString()} title={full.format(at(line.ts))}>
              {clock.format(at(line.ts))}
            </time>
            {line.edited && <span className="quiet">edited</span>}
          </p>
        )}
        {(line.blocks || line.text) && (
          <Blocks blocks={shown} state={state} theme={props.theme} onPress={press} />
        )}
        {line.files?.map((file) => (
          <Attachment key={file.id} id={file.id} name={file.name} mimetype={file.mimetype} />
        ))}
        {problem && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
        {!props.inThread && !line.isPrivate && (
          <button
            type="button"
            className={line.replyCount ? 'replies' : 'reply'}
            onClick={() => props.onOpenThread(line.ts)}
          >
            {line.replyCount ? (
              <>
                {line.replyCount} {line.replyCount === 1 ? 'reply' : 'replies'}
                <span className="quiet">last {clock.format(at(line.latestReply ?? line.ts))}</span>
              </>
            ) : (
              'Reply in thread'
            )}
          </button>
        )}
      </div>
    </li>
  )
}

/** A file of the workspace: pictures are shown, the rest is offered. */
export function Attachment({ id, name, mimetype }: { id: string; name: string; mimetype: string }) {
  const url = `page/files/${id}`
  return (
    <a className="attachment" href={url} target="_blank" rel="noreferrer">
      {mimetype.startsWith('image/') ? <img src={url} alt={name} /> : name}
    </a>
  )
}
