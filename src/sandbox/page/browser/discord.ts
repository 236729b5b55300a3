import './discord.css'
import '@skyra/discord-components-core/discord-action-row.js'
import '@skyra/discord-components-core/discord-button.js'
import '@skyra/discord-components-core/discord-mention.js'
import '@skyra/discord-components-core/discord-message.js'
import '@skyra/discord-components-core/discord-messages.js'
import '@skyra/discord-components-core/discord-time.js'
import type { Shown } from '../mirror.js'
import { element, markdown } from './discord-markdown.js'

interface Component {
  type: number
  content?: string
  components?: Component[]
  accent_color?: number
  label?: string
  style?: number
}

const ROW = 1
const BUTTON = 2
const TEXT = 10
const CONTAINER = 17
/** By Discord's number of a button's style. */
const STYLES = ['', 'primary', 'secondary', 'success', 'destructive']
/** Given, because the library would fetch one from elsewhere. */
const AVATAR = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" fill="#0f766e"/><path d="M11 25V8h6.5a5.5 5.5 0 0 1 0 11H11" fill="none" stroke="white" stroke-width="3.2"/></svg>',
)}`

function component({ type, content = '', components = [], ...own }: Component): Node[] {
  const inside = () => components.flatMap(component)
  switch (type) {
    case CONTAINER: {
      const color = (own.accent_color ?? 0x4e5058).toString(16).padStart(6, '0')
      return [element('div', { class: 'container', style: `--accent: #${color}` }, ...inside())]
    }
    case TEXT:
      return [element('div', {}, ...markdown(content))]
    case ROW:
      return [element('discord-action-row', {}, ...inside())]
    case BUTTON:
      return [element('discord-button', { type: STYLES[own.style ?? 2] }, own.label ?? '')]
    default:
      return []
  }
}

function message({ at, message, files }: Shown): Node {
  const { content = '', components = [] } = message as {
    content?: string
    components?: Component[]
  }
  const timestamp = new Date(at).toLocaleString('en-GB', { dateStyle: 'short', timeStyle: 'short' })
  const author = { author: 'Pressroom', avatar: AVATAR, bot: '', timestamp }
  return element(
    'discord-message',
    author,
    ...markdown(content),
    ...components.flatMap(component),
    ...files.map((name) => element('div', { class: 'line small' }, `📎 ${name}`)),
  )
}

function list(messages: Shown[]): Node {
  return element('discord-messages', { 'no-background': '' }, ...messages.map(message))
}

function show([root, ...thread]: Shown[]): void {
  const place = document.getElementById('shown')
  if (!root) {
    place?.replaceChildren('Nothing stands here yet.')
    return
  }
  const under = thread.length === 0 ? [] : [list(thread)]
  const divider = element('div', { class: 'divider' }, 'Thread')
  place?.replaceChildren(list([root]), ...(under.length > 0 ? [divider] : []), ...under)
}

const root = new URLSearchParams(location.search).get('root') ?? ''
const changes = new EventSource(`/page/discord?root=${encodeURIComponent(root)}`)
changes.onmessage = ({ data }) => show(JSON.parse(data))
