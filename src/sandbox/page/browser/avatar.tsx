/** A person's initial on a colour of their own; the bot and Slack have marks. */
export function Avatar({ id, name, small }: { id: string; name: string; small?: boolean }) {
  const hue = [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7)
  const size = small ? 'avatar small' : 'avatar'
  if (id.endsWith('BOT')) {
    return (
      <span className={`${size} bot`} aria-hidden="true">
        <svg viewBox="0 0 32 32" role="presentation">
          <path d="M11 25V8h6.5a5.5 5.5 0 0 1 0 11H11" />
        </svg>
      </span>
    )
  }
  return (
    <span
      className={size}
      style={{ '--hue': String(hue) } as React.CSSProperties}
      aria-hidden="true"
    >
      {name.slice(0, 1).toUpperCase()}
    </span>
  )
}
