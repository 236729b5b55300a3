import { useState } from 'react'
import type { SlashCommand } from '../../slack/state.js'
import { calls } from './calls.js'

/** Where one writes. A leading slash shows the commands; Enter sends, Shift+Enter breaks a line. */
export function Composer(props: {
  place: string
  channel: string
  me: string
  commands: readonly SlashCommand[]
  threadTs?: string
  initial?: string | undefined
}) {
  const { channel, me, commands, threadTs } = props
  const [text, setText] = useState(props.initial ?? '')
  const [chosen, setChosen] = useState(0)
  const [problem, setProblem] = useState('')
  const [word = '', ...rest] = text.split(' ')
  const isCommand = text.startsWith('/')
  const current = commands.find((c) => c.command === word)
  const offered =
    isCommand && rest.length === 0 ? commands.filter((c) => c.command.startsWith(word)) : []

  async function send(): Promise<void> {
    const trimmed = text.trim()
    if (!trimmed) return
    if (isCommand && threadTs) return setProblem('Slack takes no commands in a thread.')
    if (isCommand && !current) return setProblem(`${word} is not a valid command.`)
    setText('')
    setProblem('')
    try {
      if (isCommand) {
        await calls.slash({
          user: me,
          channel,
          command: word,
          text: trimmed.slice(word.length + 1),
        })
      } else {
        await calls.say({ user: me, channel, text: trimmed, ...(threadTs ? { threadTs } : {}) })
      }
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'That did not work.')
    }
  }

  function complete(command: SlashCommand | undefined): void {
    if (command) setText(`${command.command} `)
    setChosen(0)
  }

  function onKeyDown(event: React.KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (offered.length > 0 && step) {
      event.preventDefault()
      setChosen((chosen + step + offered.length) % offered.length)
    } else if (offered.length > 0 && (event.key === 'Tab' || (event.key === 'Enter' && !current))) {
      event.preventDefault()
      complete(offered[chosen])
    } else if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault()
      void send()
    }
  }

  return (
    <div className="composer">
      {offered.length > 0 && (
        <ul className="hints" aria-label="Commands">
          {offered.map((command, at) => (
            <li key={command.command}>
              <button
                type="button"
                className={at === chosen ? 'chosen' : ''}
                onClick={() => complete(command)}
              >
                <strong>{command.command}</strong> <code>{command.usageHint}</code>
                <span className="quiet">{command.description}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {current && rest.length > 0 && (
        <p className="usage">
          <strong>{current.command}</strong> <code>{current.usageHint}</code>
        </p>
      )}
      <div className="box">
        <textarea
          // biome-ignore lint/a11y/noAutofocus: writing is what one comes here for
          autoFocus={!threadTs}
          rows={1}
          value={text}
          aria-label={`Message ${props.place}`}
          placeholder={threadTs ? 'Reply…' : `Message ${props.place}, or / for commands`}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <button type="button" className="primary" disabled={!text.trim()} onClick={() => send()}>
          Send
        </button>
      </div>
    </div>
  )
}
