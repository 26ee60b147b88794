import { dayOf, exportDayMarks, importDayMarks } from './day-marks.ts'
import type { NumberReader, NumberWriter } from './numbers.ts'
import { createNumberWriter } from './numbers.ts'
import { exportResultMarks, importResultMarks, keptMarks } from './result-marks.ts'
import type { Spread } from './shrinkage.ts'
import { SPREAD_NUMBERS } from './shrinkage.ts'
import type { FeatureState, GroupState } from './state.ts'
import { createFeatureState } from './state.ts'
import type { Tally } from './tally.ts'
import { createNumbers } from './tally.ts'
import { DAY_TOTALS, PLACED, RESULT_TOTALS, SETTLED, STORED_NUMBERS, TODAY } from './totals.ts'
import type { VocabularyNames } from './vocabulary.ts'
import { createVocabulary, NAMED_FIELDS } from './vocabulary.ts'

/** All numbers of a state: how far it has come, which names have been seen, then each group with its tallies in order of their keys. */
export function writeGroups(state: FeatureState): Float64Array {
  const writer = createNumberWriter()
  writer.pushAll([state.asOfMs, state.day])
  for (const field of NAMED_FIELDS) {
    const { names, seen } = state.vocabulary[field]
    writer.pushAll(names.map((_, i) => seen[i] ?? 0))
  }
  for (const { tallies, spread, priorBets } of state.groups) {
    // A bet that waits has made its tallies already; they hold nothing yet.
    const held = [...tallies].filter(([, tally]) => tally.numbers[PLACED] !== 0).sort(([a], [b]) => a - b)
    writer.pushAll(spread)
    writer.pushAll([priorBets, held.length])
    for (const [key, tally] of held) writeTally(writer, key, tally, state.asOfMs)
  }
  return writer.written()
}

/** Reads the numbers back into a state in which nothing waits. */
export function readGroups(reader: NumberReader, names: VocabularyNames): FeatureState {
  const state = createFeatureState()
  state.asOfMs = reader.next()
  state.day = reader.next()
  const seen = (field: (typeof NAMED_FIELDS)[number]) => Uint8Array.from(reader.take(names[field].length))
  const [sport, league, market, book] = [seen('sport'), seen('league'), seen('market'), seen('book')]
  state.vocabulary = createVocabulary(names, { sport, league, market, book })
  for (const group of state.groups) readGroup(reader, group)
  reader.finish()
  return state
}

function readGroup(reader: NumberReader, group: GroupState): void {
  group.spread.set(reader.take(SPREAD_NUMBERS))
  group.priorBets = reader.next()
  const count = reader.next()
  for (let i = 0; i < count; i++) group.tallies.set(reader.next(), readTally(reader, group.spread))
}

function writeTally(writer: NumberWriter, key: number, tally: Tally, asOfMs: number): void {
  const { numbers, resultMarks } = tally
  writer.push(key)
  writer.pushAll(numbers.subarray(0, STORED_NUMBERS))
  const rows = new Float64Array(keptMarks(resultMarks) * RESULT_TOTALS)
  exportResultMarks(resultMarks, rows, 0)
  writer.pushAll(rows)
  writeDayMarks(writer, tally, asOfMs)
}

function readTally(reader: NumberReader, spread: Spread): Tally {
  const numbers = createNumbers()
  numbers.set(reader.take(STORED_NUMBERS))
  const settled = numbers[SETTLED] as number
  const kept = keptMarks({ results: settled })
  const resultMarks = importResultMarks(reader.take(kept * RESULT_TOTALS), settled)
  numbers[TODAY] = reader.next()
  const days = reader.next()
  const dayMarks = importDayMarks(reader.take(days), reader.take(days * DAY_TOTALS))
  return { numbers, resultMarks, dayMarks, spread }
}

/** Only the marks that a later window can start from: two states of equal meaning give equal numbers. */
function writeDayMarks(writer: NumberWriter, tally: Tally, asOfMs: number): void {
  const { days, rows } = exportDayMarks(tally, dayOf(asOfMs))
  writer.pushAll([tally.numbers[TODAY] as number, days.length])
  writer.pushAll(days)
  writer.pushAll(rows)
}
