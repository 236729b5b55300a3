import { inWords } from '../when.js'
import type { Line } from '../wording.js'
import type { ScorecardCard } from './card.js'

/** A scorecard in plain words, for the one who asked: the figures first, then what stands behind them. */
export function scorecardWords(card: ScorecardCard, timeZone: string): string {
  const plain = (line: Line) => line.map((piece) => plainPiece(piece, timeZone)).join('')
  const part = (title: string, lines: readonly string[]) =>
    lines.length > 0 ? [`${title}\n${lines.map((line) => `• ${line}`).join('\n')}`] : []
  return [
    [card.title, ...card.asides.map(plain)].join('\n'),
    ...card.figures.map(({ label, value, detail, compared }) =>
      [`${label}: ${value}`, detail, compared].filter((words) => words !== '').join(' · '),
    ),
    ...part('Besides', card.besides.map(plain)),
    ...part('What failures cost most', card.reasons.map(plain)),
    ...part(
      'Not live yet',
      card.open.map(({ line }) => plain(line)),
    ),
    ...part('Notes', card.notes.map(plain)),
  ].join('\n')
}

function plainPiece(piece: Line[number], timeZone: string): string {
  if (typeof piece === 'string') return piece
  if ('strong' in piece) return piece.strong
  if ('at' in piece) return inWords(piece.at, timeZone)
  if ('who' in piece) return piece.who.name ?? piece.who.id
  return piece.text
}
