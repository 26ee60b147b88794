import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Bet } from '../../shared/bets/bet.ts'
import { BET_TYPES, byPlacement } from '../../shared/bets/bet.ts'
import { createRng } from '../../shared/kernel/random.ts'
import { joinDashboard } from '../../shared/performance/dashboard.ts'
import { dashboardPart } from '../../shared/performance/dashboard-part.ts'
import type { PerformanceFilter } from '../../shared/performance/record-index.ts'
import { selectTally } from '../../shared/performance/record-index.ts'
import { LONGEST_SELECTION } from '../../shared/performance/selection-rows.ts'
import { addBet, emptyTally, TALLY_KEYS } from '../../shared/performance/tally.ts'
import { randomLedger } from '../support/bets.ts'
import { recordOf } from '../support/performance-records.ts'

const DAY_MS = 86_400_000
const seeds = fc.integer({ min: 0, max: 2 ** 31 })

const PLAYERS = ['Nikola Jokić', 'LeBron James', 'İlkay Gündoğan', 'x'.repeat(LONGEST_SELECTION - 3), 'ΣΑΣ']

/** A ledger in order of placement in which bets name players, some late in a long text, some with free bets among them. */
function namedLedger(seed: number, size: number): Bet[] {
  const rng = createRng(seed ^ 0x51e7)
  return randomLedger(seed, size)
    .sort(byPlacement)
    .map((bet) => {
      const player = PLAYERS[rng.integer(PLAYERS.length)] as string
      const isFree = rng.next() < 0.1
      const selection = rng.next() < 0.2 ? null : `${player} Over ${rng.integer(4)}.5`
      return { ...bet, selection, ...(isFree ? { isFreeBet: true, stakeMinor: 0 } : {}) }
    })
}

/** The bets in parts that follow one another. */
function cut(bets: readonly Bet[], cuts: readonly number[]): Bet[][] {
  const edges = [...new Set([0, ...cuts.map((share) => Math.floor(share * bets.length)), bets.length])].sort(
    (a, b) => a - b,
  )
  return edges.slice(1).map((end, i) => bets.slice(edges[i], end))
}

const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 })

const filters = fc.record({
  sport: fc.constantFrom('Basketball', 'Tennis', 'a|b', 'a"b', 'Curling'),
  market: fc.constantFrom('Moneyline', 'Spread', 'Total'),
  league: fc.constantFrom(undefined, 'NBA', 'ATP', 'Elsewhere'),
  book: fc.constantFrom(undefined, 'DraftKings', 'FanDuel'),
  betType: fc.constantFrom(undefined, ...BET_TYPES),
  player: fc.constantFrom(undefined, 'jok', 'JAMES', 'over 2', 'İLKAY', 'xxx over', 'σας', 'nobody', ' '),
})

/** Every bet held against the question by itself. */
function scan(bets: readonly Bet[], { sport, market, league, book, betType, player }: PerformanceFilter) {
  const total = emptyTally()
  for (const bet of bets) {
    const text = bet.selection?.slice(0, LONGEST_SELECTION).toLowerCase().slice(0, LONGEST_SELECTION)
    const isMeant =
      bet.sport === sport &&
      bet.market === market &&
      (league === undefined || bet.league === league) &&
      (book === undefined || bet.book === book) &&
      (betType === undefined || bet.betType === betType) &&
      (player === undefined || text?.includes(player.toLowerCase()))
    if (isMeant) addBet(total, bet)
  }
  return total
}

test('a question is answered as if every bet had been looked at, however the ledger came in parts', () => {
  fc.assert(
    fc.property(seeds, cuts, filters, (seed, shares, filter) => {
      const bets = namedLedger(seed, 120)
      const [tally, wanted] = [selectTally(recordOf(...cut(bets, shares)), filter), scan(bets, filter)]
      for (const key of TALLY_KEYS) {
        // Returns are fractions: only their last digits may depend on the order in which they are added.
        if (key === 'returnSum' || key === 'returnSquares') expect(tally[key]).toBeCloseTo(wanted[key], 9)
        else expect(tally[key]).toBe(wanted[key])
      }
    }),
    { numRuns: 150 },
  )
})

/** The bets in parts of whole days, each under a name of its own as if it were a month. */
function monthsOf(bets: readonly Bet[], days: readonly number[]) {
  const first = Math.floor((bets[0]?.placedAtMs ?? 0) / DAY_MS)
  const edges = [...new Set([...days, 1000])].sort((a, b) => a - b)
  const partOf = ({ placedAtMs }: Bet) => edges.findIndex((edge) => Math.floor(placedAtMs / DAY_MS) - first < edge)
  return edges
    .map((_, p) => bets.filter((bet) => partOf(bet) === p))
    .filter((part) => part.length > 0)
    .map((part, m) => ({ month: `2025-${String(m + 1).padStart(2, '0')}`, part: dashboardPart(part) }))
}

/** Numbers of a value with where they stand, for a comparison that forgives their last digits. */
function numbersIn(value: unknown, path = ''): [string, number | string][] {
  if (typeof value === 'number') return [[path, value]]
  if (value === null || typeof value !== 'object') return [[path, String(value)]]
  return Object.entries(value).flatMap(([key, item]) => numbersIn(item, `${path}.${key}`))
}

test('parts of days that are joined give the figures of the whole, wherever they are split', () => {
  fc.assert(
    fc.property(seeds, fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }), (seed, days) => {
      const bets = namedLedger(seed, 150)
      const { luck: _, from: __, to: ___, ...joined } = joinDashboard(monthsOf(bets, days), true).all
      const { luck: ____, from: _____, to: ______, ...whole } = joinDashboard(monthsOf(bets, []), true).all
      const [got, wanted] = [numbersIn(joined), numbersIn(whole)]
      expect(got.map(([path]) => path)).toEqual(wanted.map(([path]) => path))
      for (const [i, [path, value]] of got.entries()) {
        const other = wanted[i]?.[1]
        if (typeof value === 'number')
          expect(Math.abs(value - Number(other)), path).toBeLessThan(1e-7 * (1 + Math.abs(value)))
        else expect(value, path).toBe(other)
      }
    }),
    { numRuns: 60 },
  )
})

test('every interval holds its figure, every share lies in [0, 1], and groups add up to the whole', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const { totals, by, curve } = joinDashboard(monthsOf(namedLedger(seed, 150), [20, 40]), true).all
      for (const { listed } of Object.values(by)) {
        for (const { roi, winRate, shrunkRoi, closing } of listed) {
          for (const figure of [roi, winRate, shrunkRoi, closing.value]) {
            if (figure === null || figure.low === null || figure.high === null) continue
            expect(figure.low).toBeLessThanOrEqual(figure.value)
            expect(figure.high).toBeGreaterThanOrEqual(figure.value)
          }
          expect(winRate?.value ?? 0).toBeLessThanOrEqual(1)
        }
        for (const key of ['bets', 'settled', 'wins', 'losses'] as const) {
          expect(listed.reduce((sum, group) => sum + group[key], 0)).toBe(totals[key])
        }
        expect(listed.reduce((sum, group) => sum + (group.money?.profitMinor ?? 0), 0)).toBe(
          totals.money?.profitMinor ?? 0,
        )
      }
      expect(curve.at(-1)?.profitMinor ?? 0).toBe(totals.money?.profitMinor ?? 0)
      expect(curve.at(-1)?.units ?? 0).toBeCloseTo((totals.roi?.value ?? 0) * (totals.roi?.n ?? 0), 9)
    }),
    { numRuns: 60 },
  )
})
