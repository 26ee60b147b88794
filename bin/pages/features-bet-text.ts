import type { ExplainedFeature } from '../../shared/features/explain.ts'
import type { Placement } from '../../shared/features/groups.ts'
import { instantText } from '../../shared/quality/wording.ts'
import { bold, printable, table } from '../terminal.ts'
import type { BetExplanation, Section } from './features-telling.ts'
import { betText, countsOf, missingByReason, originText, sectionsOf } from './features-telling.ts'
import { durationText, keyText, lackText, lookText, namesText, valueText } from './features-words.ts'
import { count } from './figures.ts'

/** A bet's vector for a terminal: every value with what stands behind it, and what is missing with the reason. */
export function betExplanationText(explanation: BetExplanation): string[] {
  const { bet, origin, lookedAtMs, explained } = explanation
  const { told, unknown, stale } = countsOf(explained)
  const sections = sectionsOf(explained)
  const rows = sections.flatMap((section) => rowsOf(section, bet))
  const lines = table([HEADER, ...rows.map(({ cells }) => cells)], 2).split('\n')
  const [header = '', ...body] = padded(lines)
  const next = body.values()
  return [
    bold(printable(betText(bet))),
    `${instantText(bet.placedAtMs)}, ${origin === 'demo' ? 'simulated' : 'own'} ledger, ${lookText(lookedAtMs, bet.placedAtMs)}`,
    `${told} values stand on something, ${unknown} on nothing, ${stale} are stale`,
    ...(explained.newNames.length === 0 ? [] : [`${capitalised(namesText(explained.newNames))} new to the ledger`]),
    '',
    header,
    ...sections.flatMap((section, i) => [
      ...(i === 0 ? [] : ['']),
      bold(printable(section.about === '' ? section.title : `${section.title}: ${section.about}`)),
      ...rowsOf(section, bet).map(({ note }) => `${next.next().value ?? ''}  ${printable(note)}`.trimEnd()),
      ...missingByReason(section).map(({ reason, names }) => `  – ${reason}: ${names.join(', ')}`),
    ]),
  ]
}

const HEADER = ['  feature', 'unit', 'value', 'bets', 'age']

function rowsOf({ features, about }: Section, bet: Placement): { cells: string[]; note: string }[] {
  const withValue = features.filter(({ value }) => value !== null)
  return withValue.map((feature) => ({ cells: cellsOf(feature), note: noteOf(feature, bet, about) }))
}

function cellsOf({ name, unit, value, source, bets, ageMs }: ExplainedFeature): string[] {
  return [
    `  ${name}`,
    unit,
    valueText(value, unit),
    source === 'bet' ? '' : count(bets),
    ageMs === null ? '' : durationText(ageMs),
  ]
}

function noteOf(feature: ExplainedFeature, bet: Placement, about: string): string {
  const whose = feature.source === 'bet' || about !== '' ? '' : keyText(feature.source)
  return [whose, originText(feature, bet), lackText(feature)].filter(Boolean).join(', ')
}

/** Lines of one length, so that what is added to them stands in a column. */
function padded(lines: readonly string[]): string[] {
  const width = Math.max(...lines.map(({ length }) => length))
  return lines.map((line) => line.padEnd(width))
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
