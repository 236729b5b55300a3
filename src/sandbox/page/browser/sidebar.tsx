import type { Snapshot } from '../changes.js'
import { Avatar } from './avatar.js'

/** Channels on top, and who is acting below. */
export function Sidebar(props: {
  state: Snapshot
  me: string
  channelId: string
  /** Channels where somebody else wrote since they were last open. */
  unread: string[]
  theme: string
  onChannel: (id: string) => void
  onPerson: (id: string) => void
  onTheme: (theme: string) => void
}) {
  const { state, me, channelId, theme } = props
  const people = state.users.filter((user) => !user.isBot)
  const dark = theme === 'dark'
  return (
    <nav className="sidebar" aria-label="Channels and people">
      <header>
        <strong>{state.team.name}</strong>
        <button
          type="button"
          className="ghost"
          aria-label={dark ? 'Use light colours' : 'Use dark colours'}
          onClick={() => props.onTheme(dark ? 'light' : 'dark')}
        >
          {dark ? '☀' : '☾'}
        </button>
      </header>
      <h3>Channels</h3>
      <ul>
        {state.channels.map((channel) => (
          <li key={channel.id}>
            <button
              type="button"
              className={
                channel.id !== channelId && props.unread.includes(channel.id) ? 'unread' : ''
              }
              aria-current={channel.id === channelId ? 'page' : undefined}
              onClick={() => props.onChannel(channel.id)}
            >
              <span className="hash">{channel.kind === 'im' ? '@' : '#'}</span>
              {channel.kind === 'im' ? 'pressroom' : channel.name}
            </button>
          </li>
        ))}
      </ul>
      <fieldset className="people">
        <legend>You are</legend>
        {people.map((user) => (
          <label key={user.id} className={user.id === me ? 'chosen' : ''}>
            <input
              type="radio"
              name="person"
              checked={user.id === me}
              onChange={() => props.onPerson(user.id)}
            />
            <Avatar id={user.id} name={user.realName} small />
            <span>{user.realName}</span>
            <span className="quiet">{user.tz.split('/').at(-1)?.replace('_', ' ')}</span>
          </label>
        ))}
      </fieldset>
    </nav>
  )
}
