/** Creates an element with what is in it. */
export function element(name: string, attributes: object, ...inside: (Node | string)[]) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value))
  made.append(...inside)
  return made
}

/** Discord's markup as far as the bot writes it: blocks, headings, small print, and what is in a line. */
export function markdown(text: string): Node[] {
  return text.split(/^```\n([\s\S]*?)\n```$/m).flatMap((part, index) => {
    if (index % 2 === 1) return [element('pre', {}, part)]
    return part === ''
      ? []
      : part
          .replace(/^\n|\n$/g, '')
          .split('\n')
          .map(line)
  })
}

function line(text: string): Node {
  const [, mark, rest = text] = /^(-#|##) (.*)$/.exec(text) ?? []
  const kind = mark === '-#' ? 'line small' : mark === '##' ? 'line heading' : 'line'
  return element('div', { class: kind }, ...inline(rest))
}

const TOKEN =
  /\\(?<escaped>[^\w\s])|\*\*(?<bold>(?:\\.|[^*\\])+)\*\*|\[(?<label>(?:\\.|[^\]\\])+)\]\(<(?<link>[^>]+)>\)|<t:(?<seconds>\d+):\w>|<@(?<person>\d+)>|(?<address>https?:\/\/[^\s<>]+)/g

function inline(text: string): (Node | string)[] {
  const parts: (Node | string)[] = []
  let end = 0
  for (const match of text.matchAll(TOKEN)) {
    parts.push(text.slice(end, match.index))
    end = match.index + match[0].length
    parts.push(...token(match.groups ?? {}))
  }
  return [...parts, text.slice(end)].filter((part) => part !== '')
}

function token({
  escaped,
  bold,
  label,
  link = '',
  seconds,
  person,
  address,
}: Record<string, string | undefined>): (Node | string)[] {
  if (escaped !== undefined) return [escaped]
  if (bold !== undefined) return [element('strong', {}, ...inline(bold))]
  if (label !== undefined) return [anchor(link, inline(label))]
  if (seconds !== undefined) return [element('discord-time', {}, instant(Number(seconds)))]
  if (person !== undefined) return [element('discord-mention', {}, person)]
  return address === undefined ? [] : [anchor(address, [address])]
}

function anchor(href: string, inside: (Node | string)[]): Node {
  return element('a', { href, target: '_blank', rel: 'noreferrer' }, ...inside)
}

/** As Discord writes a short date and time for each reader. */
function instant(seconds: number): string {
  return new Date(seconds * 1000).toLocaleString('en-GB', {
    dateStyle: 'long',
    timeStyle: 'short',
  })
}
