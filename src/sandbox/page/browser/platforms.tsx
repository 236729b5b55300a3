import type { Surroundings } from '../changes.js'
import type { FaultMode } from '../server.js'
import { calls } from './calls.js'

const modes: Record<FaultMode, string> = {
  ok: 'Works normally',
  fail_once: 'Fails once',
  fail_always: 'Fails every time',
  accept_then_drop: 'Publishes, then drops the line',
  slow: 'Answers slowly',
  rate_limit: 'Says “too many requests”',
}
const titles: Record<string, string> = {
  linkedin: 'LinkedIn',
  tiktok: 'TikTok',
  youtube: 'YouTube',
}
const titleOf = (name: string) => titles[name] ?? name.charAt(0).toUpperCase() + name.slice(1)
const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })

/** The platforms behind the bot: what each does to the next post, and what is live there. */
export function Platforms(props: { platforms: Surroundings['platforms']; onClose: () => void }) {
  return (
    <aside className="column platforms" aria-label="Platforms">
      <header className="bar">
        <h2>Platforms</h2>
        <button
          type="button"
          className="ghost push"
          aria-label="Hide platforms"
          onClick={props.onClose}
        >
          ✕
        </button>
      </header>
      <ul>
        {props.platforms.map(({ name, fault, live }) => (
          <li key={name} className={fault === 'ok' ? '' : 'faulty'}>
            <label>
              <span className="name">{titleOf(name)}</span>
              <select
                aria-label={`What ${titleOf(name)} does`}
                value={fault}
                onChange={(event) =>
                  calls.setFault({ platform: name, mode: event.target.value as FaultMode })
                }
              >
                {Object.entries(modes).map(([mode, label]) => (
                  <option key={mode} value={mode}>
                    {label}
                  </option>
                ))}
              </select>
            </label>
            {live.length > 0 && (
              <details open={live.length <= 2}>
                <summary>{live.length} live</summary>
                <ol>
                  {live.map((post) => (
                    <li key={`${post.permalink} ${post.createdAt}`}>
                      <a href={post.permalink} target="_blank" rel="noreferrer">
                        {post.text || '(no text)'}
                      </a>
                      <time dateTime={new Date(post.createdAt).toISOString()}>
                        {time.format(post.createdAt)}
                      </time>
                    </li>
                  ))}
                </ol>
              </details>
            )}
          </li>
        ))}
      </ul>
      <p className="quiet note">A fault meets the next post sent there. The bot does not know.</p>
    </aside>
  )
}
