import { Fragment, type ReactNode, useLayoutEffect, useRef } from 'react'
import type { Snapshot } from '../changes.js'
import { MessageLine } from './message-line.js'
import type { Line } from './use-workspace.js'

/** A scrolling list of messages that stays at its end unless someone scrolled up. */
export function Conversation(props: {
  state: Snapshot
  me: string
  theme: string
  label: string
  lines: Line[]
  inThread?: boolean
  welcome?: ReactNode
  onOpenThread: (ts: string) => void
}) {
  const { state, lines, inThread = false } = props
  const replies = lines.filter((line) => !line.isPrivate).length - 1
  const list = useRef<HTMLOListElement>(null)
  const isAtEnd = useRef(true)
  const lastTop = useRef(0)
  const stay = () => {
    if (isAtEnd.current) list.current?.scrollTo({ top: list.current.scrollHeight })
  }
  useLayoutEffect(stay)
  return (
    <ol
      className="lines"
      ref={list}
      aria-label={`Messages in ${props.label}`}
      aria-live="polite"
      // Pictures make the list longer once they are there.
      onLoadCapture={stay}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        const isNearEnd = scrollTop + clientHeight > scrollHeight - 40
        // Growing content moves the end away; only scrolling up means leaving it.
        if (isNearEnd || scrollTop < lastTop.current) isAtEnd.current = isNearEnd
        lastTop.current = scrollTop
      }}
    >
      {props.welcome && <li className="filler">{props.welcome}</li>}
      {lines.map((line, at) => {
        const before = lines[at - 1]
        const continues =
          before?.author === line.author &&
          before.isPrivate === line.isPrivate &&
          Number(line.ts) - Number(before.ts) < 300
        return (
          <Fragment key={line.ts}>
            <MessageLine
              line={line}
              continues={continues && !inThread}
              inThread={inThread}
              state={state}
              me={props.me}
              theme={props.theme}
              onOpenThread={props.onOpenThread}
            />
            {inThread && at === 0 && replies > 0 && (
              <li className="rule quiet">{replies === 1 ? '1 reply' : `${replies} replies`}</li>
            )}
          </Fragment>
        )
      })}
    </ol>
  )
}
