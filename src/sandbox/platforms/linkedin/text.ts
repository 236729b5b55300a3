const RESERVED = '\\|{}@[]()<>#*_~'

/**
 * Plain text of a "little" text. What stands unescaped where it must not cuts the text there, as
 * has been seen on the real platform.
 * @see Microsoft Learn, LinkedIn "little text format"
 */
export function plainTextOf(little: string): string {
  let plain = ''
  let rest = little
  while (rest !== '') {
    const escaped = /^\\(.)/su.exec(rest)
    const mention = /^@\[((?:\\.|[^\]\\])*)\]\(urn:li:[^)]+\)/s.exec(rest)
    const hashtag = /^#[\p{L}\p{N}]+/u.exec(rest)
    const template = /^\{hashtag\|\\?[#＃]\|((?:\\.|[^\\|{}@[\]()<>#*_~])+)\}/s.exec(rest)
    const [whole, shown] = escaped
      ? [escaped[0], escaped[1]]
      : mention
        ? [mention[0], mention[1]?.replace(/\\(.)/g, '$1')]
        : hashtag
          ? [hashtag[0], hashtag[0]]
          : template
            ? [template[0], `#${template[1]?.replace(/\\(.)/g, '$1')}`]
            : [rest.slice(0, 1), rest.slice(0, 1)]
    const bare = !escaped && !mention && !hashtag && !template
    if (bare && RESERVED.includes(whole)) return plain
    plain += shown ?? ''
    rest = rest.slice(whole.length)
  }
  return plain
}
