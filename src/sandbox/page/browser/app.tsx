import { useEffect, useState } from 'react'
import { Composer } from './composer.js'
import { Conversation } from './conversation.js'
import { Modal } from './modal.js'
import { Platforms } from './platforms.js'
import { Sidebar } from './sidebar.js'
import { useStored } from './use-stored.js'
import { linesOf, useWorkspace } from './use-workspace.js'

/** The whole page: people and channels, the conversation, a thread, and the platforms around. */
export function App() {
  const [me, setMe] = useStored('person', '')
  const [theme, setTheme] = useStored('theme', systemTheme())
  const [channelId, setChannelId] = useStored('channel', '')
  const [threadTs, setThreadTs] = useState<string>()
  const [isDiscord, setIsDiscord] = useState(false)
  const [draft, setDraft] = useState<string>()
  const [showPlatforms, setShowPlatforms] = useState(true)
  const [leftAt, setLeftAt] = useState<Record<string, number>>({})
  const [loadedAt] = useState(() => Date.now())
  const state = useWorkspace(me)

  useEffect(() => {
    document.documentElement.dataset.theme = theme
  }, [theme])
  if (!state) return <p className="loading">Opening the workspace…</p>

  const people = state.users.filter((user) => !user.isBot)
  if (!people.some((user) => user.id === me) && people[0]) setMe(people[0].id)
  const channel = state.channels.find((c) => c.id === channelId) ?? state.channels[0]
  if (!channel) return <p className="loading">This person is in no channel.</p>

  const lines = linesOf(state, channel.id)
  const thread = lines.filter((l) => l.ts === threadTs || l.thread_ts === threadTs)
  const view = state.views.at(-1)
  const unread = state.messages
    .filter((m) => m.user !== me && Number(m.ts) * 1000 > (leftAt[m.channel] ?? loadedAt))
    .map((m) => m.channel)
  const shared = { state, me, theme, onOpenThread: setThreadTs }
  const open = (id: string) => {
    setLeftAt({ ...leftAt, [channel.id]: Date.now() })
    setChannelId(id)
    setThreadTs(undefined)
  }

  return (
    <div className="page">
      <Sidebar
        state={state}
        me={me}
        channelId={channel.id}
        unread={unread}
        onChannel={open}
        onPerson={setMe}
        theme={theme}
        onTheme={setTheme}
      />
      <main className="column main">
        <header className="bar">
          <h1>
            <span className="hash">{channel.kind === 'im' ? '@' : '#'}</span>
            {channel.kind === 'im' ? 'pressroom' : channel.name}
          </h1>
          <span className="quiet">{channel.members.length} members</span>
          {!state.surroundings.botConnected && (
            <span className="pill warn" role="status">
              The bot is not connected
            </span>
          )}
          {!showPlatforms && (
            <button type="button" className="ghost push" onClick={() => setShowPlatforms(true)}>
              Platforms
            </button>
          )}
        </header>
        <Conversation
          {...shared}
          key={channel.id}
          label={`#${channel.name}`}
          lines={lines.filter((l) => l.thread_ts === undefined || l.thread_ts === l.ts)}
          welcome={<Welcome channel={channel.name} onTry={setDraft} />}
        />
        <Composer
          key={`${channel.id} ${draft}`}
          initial={draft}
          place={`#${channel.name}`}
          channel={channel.id}
          me={me}
          commands={state.commands}
        />
      </main>
      {threadTs && thread.length > 0 && (
        <aside className="column thread" aria-label="Thread">
          <header className="bar">
            <h2>Thread</h2>
            <span className="quiet">#{channel.name}</span>
            <button
              type="button"
              className="ghost push"
              aria-pressed={isDiscord}
              onClick={() => setIsDiscord(!isDiscord)}
            >
              As in Discord
            </button>
            <button
              type="button"
              className="ghost"
              aria-label="Close thread"
              onClick={() => setThreadTs(undefined)}
            >
              ✕
            </button>
          </header>
          {isDiscord ? (
            <iframe
              className="mirror"
              title="The post as in Discord"
              src={`discord.html?root=${encodeURIComponent(threadTs)}`}
            />
          ) : (
            <>
              <Conversation {...shared} key={threadTs} label="Thread" lines={thread} inThread />
              <Composer
                key={`${threadTs} composer`}
                place="the thread"
                channel={channel.id}
                threadTs={threadTs}
                me={me}
                commands={[]}
              />
            </>
          )}
        </aside>
      )}
      {showPlatforms && (
        <Platforms
          platforms={state.surroundings.platforms}
          onClose={() => setShowPlatforms(false)}
        />
      )}
      {view && <Modal {...shared} key={view.id} view={view} />}
    </div>
  )
}

function Welcome({ channel, onTry }: { channel: string; onTry: (text: string) => void }) {
  const examples = [
    '/publish',
    '/publish Hello, world! to:facebook,bluesky',
    '/publish accounts',
    '/publish help',
  ]
  return (
    <section className="welcome">
      <h2>Welcome to #{channel}</h2>
      <p>
        Everything here runs on this machine: the chat, the bot, and a stand-in for each platform.
        Publish something, then let a platform fail on the right and see what the bot does.
      </p>
      <p className="examples">
        {examples.map((text) => (
          <button type="button" key={text} onClick={() => onTry(`${text} `)}>
            <code>{text}</code>
          </button>
        ))}
      </p>
    </section>
  )
}

function systemTheme(): string {
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}
