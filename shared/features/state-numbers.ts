import type { DayMarks } from './day-marks.ts'
import { dayOf, exportDayMarks, importDayMarks } from './day-marks.ts'
import type { NumberReader, NumberWriter } from './numbers.ts'
import { createNumberWriter } from './numbers.ts'
import { exportResultMarks, importResultMarks, keptMarks } from './result-marks.ts'
import type { FeatureState, GroupState } from './state.ts'
import { createFeatureState } from './state.ts'
import type { Tally } from './tally.ts'
import { DAY_TOTALS, PLACED, RESULT_TOTALS, SETTLED, TOTALS } from './totals.ts'
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
    const { sets, bets, squaredBets, between, squares, sum } = spread
    // A bet that waits has made its tallies already; they hold nothing yet.
    const held = [...tallies].filter(([, tally]) => tally.totals[PLACED] !== 0).sort(([a], [b]) => a - b)
    writer.pushAll([sets, bets, squaredBets, between, squares, sum, priorBets, held.length])
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
  const [sets, bets, squaredBets, between, squares, sum, prior, count] = reader.take(8) as unknown as number[]
  Object.assign(group.spread, { sets, bets, squaredBets, between, squares, sum })
  group.priorBets = prior as number
  for (let i = 0; i < (count as number); i++) group.tallies.set(reader.next(), readTally(reader))
}

function writeTally(writer: NumberWriter, key: number, tally: Tally, asOfMs: number): void {
  const { totals, resultMarks, dayMarks, fading, streak, firstPlacedAtMs, lastPlacedAtMs, lastKnownAtMs } = tally
  writer.push(key)
  writer.pushAll(totals)
  writer.pushAll([streak, firstPlacedAtMs, lastPlacedAtMs, lastKnownAtMs])
  writer.pushAll([fading.betSum, fading.betWeight, fading.daySum, fading.dayWeight, fading.day])
  const rows = new Float64Array(keptMarks(resultMarks) * RESULT_TOTALS)
  exportResultMarks(resultMarks, rows, 0)
  writer.pushAll(rows)
  writeDayMarks(writer, dayMarks, asOfMs)
}

function readTally(reader: NumberReader): Tally {
  const totals = reader.take(TOTALS).slice()
  const [streak, firstPlacedAtMs, lastPlacedAtMs, lastKnownAtMs] = reader.take(4) as unknown as Four
  const [betSum, betWeight, daySum, dayWeight, day] = reader.take(5) as unknown as Five
  const settled = totals[SETTLED] as number
  const kept = keptMarks({ results: settled })
  return {
    totals,
    resultMarks: importResultMarks(reader.take(kept * RESULT_TOTALS), settled),
    dayMarks: readDayMarks(reader),
    fading: { betSum, betWeight, daySum, dayWeight, day },
    ...{ streak, firstPlacedAtMs, lastPlacedAtMs, lastKnownAtMs },
  }
}

type Four = [number, number, number, number]
type Five = [number, number, number, number, number]

/** Only the marks that a later window can start from: two states of equal meaning give equal numbers. */
function writeDayMarks(writer: NumberWriter, marks: DayMarks, asOfMs: number): void {
  const { days, rows } = exportDayMarks(marks, dayOf(asOfMs))
  writer.pushAll([marks.today, days.length])
  writer.pushAll(days)
  writer.pushAll(rows)
}

function readDayMarks(reader: NumberReader): DayMarks {
  const [today, count] = reader.take(2) as unknown as [number, number]
  return importDayMarks(today, reader.take(count), reader.take(count * DAY_TOTALS))
}
