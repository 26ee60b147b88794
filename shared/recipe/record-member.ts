import type { ColumnScore, Member } from '../blend/blend.ts'
import { groupShifts } from '../blend/group-shifts.ts'
import { fitRidge } from '../blend/ridge.ts'
import { UNKNOWN_CODE } from '../features/vocabulary.ts'
import { columnOf } from '../trees/matrix.ts'
import type { LearningRows } from './dataset.ts'
import { dayOfRow } from './dataset.ts'
import { MARKET_INDEX, SPORT_INDEX } from './inputs.ts'
import { marketScores } from './market.ts'

/** Fewer bets of a sport, or of a market of a sport, than this have no shift of their own. */
const LEAST_GROUP_ROWS = 100

/** The market and the shifts are fitted in turn: what a large group owes to a shift, the market must not keep. */
const TURNS = 3

/** The bettor's record by sport and market as shifts of the market's log-odds. */
export interface RecordFit {
  market: ColumnScore
  /** By code of the sport, and by codes of sport and market; groups that are not named have none. */
  sports: ReadonlyMap<number, number>
  markets: ReadonlyMap<number, ReadonlyMap<number, number>>
}

/**
 * The recalibrated market shifted by what the bettor's record in a sport, and in a market of it, shows: sport by sport
 * first, then market by market on top, both by {@link groupShifts}.
 *
 * @returns undefined where the record does not show that sports or markets differ
 */
export function fitRecord(rows: LearningRows, market: ColumnScore): RecordFit | undefined {
  const sports = groupsOf(rows, ([sport]) => sport)
  const markets = groupsOf(rows, ([sport, name]) =>
    sport > UNKNOWN_CODE && name > UNKNOWN_CODE ? `${sport} ${name}` : undefined,
  )
  const { labels } = rows
  const days = dayOfRow(rows)
  let current = market
  let bySport: Float64Array = new Float64Array(sports.names.length)
  let byMarket: Float64Array = new Float64Array(markets.names.length)
  for (let turn = 0; turn < TURNS; turn++) {
    const base = marketScores(current, rows.matrix)
    const others = (own: Grouping, shifts: Float64Array) => base.map((score, r) => score + shiftOf(own, shifts, r))
    bySport = groupShifts({ base: others(markets, byMarket), labels, ...sports, nGroups: sports.names.length, days })
    byMarket = groupShifts({ base: others(sports, bySport), labels, ...markets, nGroups: markets.names.length, days })
    const offset = labels.map((_, r) => shiftOf(sports, bySport, r) + shiftOf(markets, byMarket, r))
    current = refit(rows, current, offset)
  }
  if (bySport.every((shift) => shift === 0) && byMarket.every((shift) => shift === 0)) return undefined
  return {
    market: current,
    sports: new Map(sports.names.map((name, g) => [Number(name), bySport[g] as number])),
    markets: nested(markets, byMarket),
  }
}

/** A record as a member: segments by sport, and within them by market. */
export function recordMember({ market, sports, markets }: RecordFit): Member {
  const shifted = (shift: number): Member => ({
    kind: 'column',
    score: { ...market, intercept: market.intercept + shift },
  })
  const cases = [...sports].map(([code, shift]) => {
    const own = [...(markets.get(code) ?? [])]
    const member: Member =
      own.length === 0
        ? shifted(shift)
        : {
            kind: 'segments',
            column: MARKET_INDEX,
            cases: own.map(([name, more]) => ({ code: name, member: shifted(shift + more) })),
            fallback: shifted(shift),
          }
    return { code, member }
  })
  return { kind: 'segments', column: SPORT_INDEX, cases, fallback: shifted(0) }
}

interface Grouping {
  /** Names of the groups with enough rows. */
  names: readonly string[]
  /** Group of each row; −1 for none. */
  groups: Int32Array
}

function groupsOf(
  { matrix }: LearningRows,
  nameOf: (codes: [number, number]) => string | number | undefined,
): Grouping {
  const [sports, markets] = [columnOf(matrix, SPORT_INDEX), columnOf(matrix, MARKET_INDEX)]
  const named = Array.from(sports, (sport, r) => nameOf([sport, markets[r] as number]))
  const counts = new Map<string, number>()
  for (const name of named) {
    // Neither missing nor unknown: such names have nothing in common.
    if (name === undefined || name === UNKNOWN_CODE || Number.isNaN(name)) continue
    counts.set(String(name), (counts.get(String(name)) ?? 0) + 1)
  }
  const names = [...counts].filter(([, n]) => n >= LEAST_GROUP_ROWS).map(([name]) => name)
  const index = new Map(names.map((name, g) => [name, g]))
  return { names, groups: Int32Array.from(named, (name) => index.get(String(name)) ?? -1) }
}

function shiftOf({ groups }: Grouping, shifts: Float64Array, r: number): number {
  return shifts[groups[r] as number] ?? 0
}

/** The market's slope and intercept with the shifts in place. */
function refit(rows: LearningRows, market: ColumnScore, offset: Float64Array): ColumnScore {
  const prices = Float64Array.from(columnOf(rows.matrix, market.column))
  const start = marketScores(market, rows.matrix).map((score, r) => score + (offset[r] as number))
  const { intercept, coefficients } = fitRidge([prices], rows.labels, { offset: start, penalties: [0] })
  return {
    column: market.column,
    slope: market.slope + (coefficients[0] ?? 0),
    intercept: market.intercept + intercept,
  }
}

function nested({ names }: Grouping, shifts: Float64Array): Map<number, Map<number, number>> {
  const out = new Map<number, Map<number, number>>()
  for (const [g, name] of names.entries()) {
    const [sport = Number.NaN, market = Number.NaN] = name.split(' ').map(Number)
    const own = out.get(sport) ?? new Map<number, number>()
    out.set(sport, own.set(market, shifts[g] as number))
  }
  return out
}
