import { describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { joinDashboard, MOST_GROUPS, windowsSchema } from '../../../shared/performance/dashboard.ts'
import { dashboardPart } from '../../../shared/performance/dashboard-part.ts'
import { bet, randomLedger } from '../../support/bets.ts'

const DAY_MS = 86_400_000

const dayOf = (date: string) => Date.parse(`${date}T12:00:00Z`)

/** The figures of bets, each given its day, in the parts of their months. */
function figuresOf(bets: readonly Bet[], hasMoney = true) {
  const months = [...new Set(bets.map(({ placedAtMs }) => new Date(placedAtMs).toISOString().slice(0, 7)))].sort()
  const parts = months.map((month) => {
    const own = bets.filter(({ placedAtMs }) => new Date(placedAtMs).toISOString().startsWith(month))
    return { month, part: dashboardPart(own) }
  })
  return joinDashboard(parts, hasMoney)
}

const LEDGER = [
  // 20 units of money at 2.00 and 1.50, of which one each won; a push; a cash-out; an open bet.
  bet({ id: 'a', placedAtMs: dayOf('2025-03-30'), closingLineValue: 0.04 }),
  bet({ id: 'b', placedAtMs: dayOf('2025-03-30'), state: 'lost', profitMinor: -1000 }),
  bet({
    id: 'c',
    placedAtMs: dayOf('2025-03-31'),
    decimalOdds: 1.5,
    stakeMinor: 2000,
    profitMinor: 1000,
    book: 'FanDuel',
  }),
  bet({ id: 'd', placedAtMs: dayOf('2025-04-01'), state: 'lost', stakeMinor: 3000, profitMinor: -3000, isLive: true }),
  bet({
    id: 'e',
    placedAtMs: dayOf('2025-04-02'),
    state: 'push',
    profitMinor: 0,
    sport: null,
    closingLineValue: -0.02,
  }),
  bet({ id: 'f', placedAtMs: dayOf('2025-04-02'), state: 'cashed_out', profitMinor: -500 }),
  bet({ id: 'g', placedAtMs: dayOf('2025-04-03'), state: 'open', profitMinor: null, settledAtMs: null }),
]

describe('the totals of the dashboard', () => {
  const { totals } = figuresOf(LEDGER).all

  it('count bets by what became of them', () => {
    expect(totals).toMatchObject({ bets: 7, settled: 6, open: 1, wins: 2, losses: 2, pushes: 1, cashOuts: 1 })
  })

  it('have the win rate with its Wilson interval beside what prices imply', () => {
    // Wilson of 2 in 4: (0.5 + z²/8 ± z·√(1/16 + z²/64)) / (1 + z²/4).
    expect(totals.winRate?.value).toBe(0.5)
    expect(totals.winRate?.low).toBeCloseTo(0.150036, 5)
    expect(totals.winRate?.n).toBe(4)
    // 1/2, 1/2, 1/1.5, 1/2.
    expect(totals.impliedWinRate?.value).toBeCloseTo((0.5 * 3 + 2 / 3) / 4, 12)
    expect(totals.impliedWinRate?.n).toBe(4)
  })

  it('have ROI at flat stakes and yield over turnover', () => {
    // Returns 1, −1, 0.5, −1, 0, −0.5 on four days.
    expect(totals.roi).toMatchObject({ n: 6, days: 4 })
    expect(totals.roi?.value).toBeCloseTo(-1 / 6, 12)
    // Stakes 10 + 10 + 20 + 30 + 10 + 10, profits 10 − 10 + 10 − 30 + 0 − 5.
    expect(totals.yield?.value).toBeCloseTo(-25 / 90, 12)
    expect(totals.money).toEqual({ n: 6, turnoverMinor: 9000, profitMinor: -2500 })
  })

  it('have closing-line value with its coverage', () => {
    expect(totals.closing).toMatchObject({ n: 2, coverage: 2 / 6 })
    expect(totals.closing.value?.value).toBeCloseTo(0.01, 12)
  })

  it('count the profit of a free bet as money and not as yield', () => {
    const free = bet({ id: 'free', isFreeBet: true, stakeMinor: 0, profitMinor: 700, placedAtMs: dayOf('2025-04-03') })
    const figures = figuresOf([...LEDGER, free]).all.totals
    expect(figures.yield?.value).toBe(totals.yield?.value)
    expect(figures.money).toEqual({ n: 7, turnoverMinor: 9000, profitMinor: -1800 })
    expect(figures.roi?.n).toBe(6)
  })

  it('have no figure where nothing is known', () => {
    expect(figuresOf([bet({ state: 'open', decimalOdds: null })]).all.totals).toMatchObject({
      ...{ bets: 1, open: 1, winRate: null, impliedWinRate: null, roi: null, yield: null, money: null },
      closing: { n: 0, coverage: null, value: null },
    })
  })

  it('have no money of several currencies, and none where none is told', () => {
    const without = LEDGER.map((one) => ({ ...one, stakeMinor: null, profitMinor: null, returnPerUnit: 0.1 }))
    for (const { totals: figures, curve, drawdown } of [figuresOf(LEDGER, false).all, figuresOf(without).all]) {
      expect(figures).toMatchObject({ yield: null, money: null, roi: { n: 6 } })
      expect(curve.every(({ profitMinor }) => profitMinor === null)).toBe(true)
      expect(drawdown.money).toBeNull()
    }
  })
})

describe('the groups of the dashboard', () => {
  const { by } = figuresOf(LEDGER).all

  it('are told by falling number of bets, those without a name among them', () => {
    expect(by.sport.listed.map(({ name, bets }) => [name, bets])).toEqual([
      ['Basketball', 6],
      [null, 1],
    ])
    expect(by.book.listed.map(({ name, bets }) => [name, bets])).toEqual([
      ['DraftKings', 6],
      ['FanDuel', 1],
    ])
    expect(by.live.listed.map(({ name, bets }) => [name, bets])).toEqual([
      ['pre-match', 6],
      ['live', 1],
    ])
  })

  it('are told by rising price where they are price bands, bets without a price last', () => {
    const bets = [bet({ id: 'x', decimalOdds: null }), bet({ id: 'y', decimalOdds: 7 }), ...LEDGER]
    expect(
      figuresOf(bets.sort((a, b) => a.placedAtMs - b.placedAtMs)).all.by.priceBand.listed.map(({ name }) => name),
    ).toEqual([...['1.50-1.75', '2.00-2.50', '6.00-11.00', null]])
  })

  it('draw the ROI of few bets nearly to the whole, that of many nearly not', () => {
    // Books that win 6 and 4 of 10 at evens, days apart: ±0.2 with error 1/n; and one bet won elsewhere.
    const some = (book: string, n: number, wins: number) =>
      Array.from({ length: n }, (_, i) => {
        const state = i % 10 < wins ? ('won' as const) : ('lost' as const)
        const profitMinor = state === 'won' ? 1000 : -1000
        return bet({ id: `${book}${i}`, book, state, profitMinor, placedAtMs: dayOf('2025-03-01') + i * DAY_MS })
      })
    const bets = [...some('good', 4000, 6), ...some('bad', 4000, 4), ...some('new', 1, 10)]
    const { book } = figuresOf(bets.sort((a, b) => a.placedAtMs - b.placedAtMs)).all.by
    const shrunk = Object.fromEntries(book.listed.map(({ name, shrunkRoi }) => [name, shrunkRoi]))
    // τ² = (Σ w·0.04 − 3 + ~1)/Σw with w = 4000 twice: just below 0.04.
    expect(book.deviationBetween).toBeCloseTo(0.2, 2)
    expect(shrunk.good?.value).toBeGreaterThan(0.19)
    expect(shrunk.bad?.value).toBeLessThan(-0.19)
    // B = 0.04/(0.04 + 1) of one bet at evens that was won.
    expect(shrunk.new?.value).toBeCloseTo(0.04 / 1.04, 2)
    expect(shrunk.new?.low).toBeLessThan(-0.3)
  })

  it('are not known without doubt by three bets that were all lost', () => {
    const lost = [1, 2, 3].map((d) =>
      bet({ id: `l${d}`, book: 'new', state: 'lost', profitMinor: -1000, placedAtMs: dayOf(`2025-04-0${d}`) }),
    )
    const bets = [...LEDGER, ...lost].sort((a, b) => a.placedAtMs - b.placedAtMs)
    const group = figuresOf(bets).all.by.book.listed.find(({ name }) => name === 'new')
    expect(group?.roi).toMatchObject({ value: -1, low: -1, high: -1 })
    expect(group?.shrunkRoi?.value).toBeGreaterThan(-0.9)
  })

  it('have no shrunk estimate without a price or a return', () => {
    const bets = [bet({ id: 'n', decimalOdds: null, book: 'x' }), ...LEDGER]
    const book = figuresOf(bets).all.by.book.listed.find(({ name }) => name === 'x')
    expect(book).toMatchObject({ bets: 1, shrunkRoi: null, roi: { value: 1, n: 1 } })
  })

  it('are listed up to a hundred, and counted all', () => {
    const bets = Array.from({ length: MOST_GROUPS + 5 }, (_, i) => bet({ id: `${i}`, market: `Market ${i}` }))
    const { market } = figuresOf(bets).all.by
    expect([market.groups, market.listed.length]).toEqual([MOST_GROUPS + 5, MOST_GROUPS])
  })
})

describe('the windows of the dashboard', () => {
  const bets = ['2024-03-31', '2024-04-01', '2024-12-31', '2025-01-05', '2025-03-09'].map((date) =>
    bet({ id: date, placedAtMs: dayOf(date) }),
  )
  const windows = figuresOf(bets)

  it.each([
    ['all', '2024-03', 5],
    ['12', '2024-04', 4],
    ['3', '2025-01', 2],
    ['1', '2025-03', 1],
  ] as const)('are whole months up to the latest with a bet: %s from %s on', (window, from, count) => {
    expect(windows[window]).toMatchObject({ from, to: '2025-03', totals: { bets: count } })
    expect(windows[window].curve).toHaveLength(count)
    expect(windows[window].curve[0]).toMatchObject({ units: 1, profitMinor: 1000 })
  })

  it('have nothing where there is no bet', () => {
    expect(figuresOf([]).all).toMatchObject({
      ...{ from: null, to: null, curve: [], luck: null, drawdown: { units: null, money: null } },
      totals: { bets: 0, roi: null },
      by: { sport: { groups: 0, deviationBetween: 0, listed: [] } },
    })
  })

  it('survive being stored, in the same order', () => {
    const figures = figuresOf(randomLedger(3, 400).sort((a, b) => a.placedAtMs - b.placedAtMs))
    const text = JSON.stringify(figures)
    expect(JSON.stringify(windowsSchema.parse(JSON.parse(text))) === text).toBe(true)
  })
})

describe('the bankroll', () => {
  it('adds up days of placement, in units and in money, with its deepest fall', () => {
    const { curve, drawdown } = figuresOf(LEDGER).all
    expect(curve.map(({ units, profitMinor }) => [units, profitMinor])).toEqual([
      [0, 0],
      [0.5, 1000],
      [-0.5, -2000],
      [-1, -2500],
    ])
    const [from, to] = ['2025-03-31', '2025-04-02'].map((date) => Date.parse(date) / DAY_MS)
    expect(drawdown.units).toEqual({ depth: 1.5, from, to, recovered: null })
    expect(drawdown.money).toEqual({ depth: 3500, from, to, recovered: null })
  })
})
