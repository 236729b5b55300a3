/** @see npm twitter-text 3.1.0, `configs/version3.json` */
const DEFAULT_WEIGHT = 2
const LINK_WEIGHT = 23
const LIGHT: readonly (readonly [from: number, to: number])[] = [
  [0x0000, 0x10ff],
  [0x2000, 0x200d],
  [0x2010, 0x201f],
  [0x2032, 0x2037],
]

const LINK = /https?:\/\/[^\s<>"]+/gi
/** Bare domains count as links too; telling all of them takes a list, these are the common ones. */
const BARE_LINK =
  /(?<![\w@/.-])(?:[a-z0-9-]+\.)+(?:com|org|net|edu|gov|info|biz|app|dev|co|tv)(?:\/[^\s<>"]*)?(?![\w-])/gi
const EMOJI = /\p{Emoji_Presentation}|\ufe0f|\u20e3/u

/**
 * Length of a post as X counts it, of which it takes 280: most Latin and similar characters weigh 1,
 * all others 2, an emoji 2 however many code points it has, a link 23. The text is normalised first.
 * @see X API docs, "Counting characters"
 */
export function weightedLength(text: string): number {
  let weight = 0
  const takeLink = (link: string) => {
    const tail = /[.,;:!?'"’”»…)\]]*$/.exec(link)?.[0] ?? ''
    weight += LINK_WEIGHT
    return tail
  }
  const rest = text.normalize('NFC').replace(LINK, takeLink).replace(BARE_LINK, takeLink)
  const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(rest)
  for (const { segment } of characters)
    weight += EMOJI.test(segment) ? DEFAULT_WEIGHT : sum(segment)
  return weight
}

function sum(characters: string): number {
  return [...characters].reduce((total, character) => total + weightOf(character), 0)
}

function weightOf(character: string): number {
  const codePoint = character.codePointAt(0) ?? 0
  return LIGHT.some(([from, to]) => codePoint >= from && codePoint <= to) ? 1 : DEFAULT_WEIGHT
}
