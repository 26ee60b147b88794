import { describe, expect, it } from 'vitest'
import { type Bet, betSchema } from '../../../shared/bets/bet.ts'
import { isDecisive } from '../../../shared/bets/settlement.ts'
import { type SimulationOptions, simulateLedger } from '../../../shared/simulator/ledger.ts'

const ENDS_AT_MS = Date.UTC(2026, 10, 15, 21)
const DAY_MS = 86_400_000
const OPTIONS: SimulationOptions = { seed: 20261121, count: 8000, endsAtMs: ENDS_AT_MS }
const LEDGER = simulateLedger(OPTIONS)
const STRAIGHT = LEDGER.filter((bet) => bet.betType === 'straight')

function share(bets: readonly Bet[], holds: (bet: Bet) => boolean): number {
  return bets.filter(holds).length / bets.length
}

function winRate(bets: readonly Bet[]): number {
  return share(
    bets.filter((bet) => isDecisive(bet.state)),
    (bet) => bet.state === 'won',
  )
}

function roi(bets: readonly Bet[]): number {
  const settled = bets.filter((bet) => bet.profitMinor !== null)
  const sum = (money: (bet: Bet) => number) => settled.reduce((total, bet) => total + money(bet), 0)
  return sum((bet) => bet.profitMinor ?? 0) / sum((bet) => bet.stakeMinor ?? 0)
}

/** Hour, weekday and month as the bettor sees them. */
const local = (bet: Bet) => new Date(bet.placedAtMs - 5 * 3_600_000)

describe('determinism', () => {
  it('gives equal bets for equal options', () => {
    expect(simulateLedger(OPTIONS)).toEqual(LEDGER)
  })

  it('gives the same first bet on every machine', () => {
    expect(simulateLedger({ seed: 1, count: 3, endsAtMs: ENDS_AT_MS })[0]).toMatchInlineSnapshot(`
      {
        "betType": "straight",
        "book": "Summit Lines",
        "closingLineValue": null,
        "currency": "USD",
        "decimalOdds": 1.8849557522123894,
        "id": "demo-00001",
        "isFreeBet": false,
        "isLive": false,
        "league": "NFL",
        "market": "Total Points",
        "origin": "demo",
        "placedAtMs": 1794772634481,
        "profitMinor": null,
        "resultKnownAtMs": null,
        "returnPerUnit": null,
        "selection": "Umberfield v Calder Bay: under 40 points",
        "settledAtMs": null,
        "sport": "American Football",
        "stakeMinor": 2000,
        "state": "open",
      }
    `)
  })

  it('gives other bets for another seed', () => {
    expect(simulateLedger({ ...OPTIONS, seed: 2 })).not.toEqual(LEDGER)
  })

  it('reaches back before 1970 from an end at the epoch', () => {
    const bets = simulateLedger({ ...OPTIONS, endsAtMs: 0, count: 500 })
    expect(bets).toHaveLength(500)
    expect(bets.every((bet) => bet.placedAtMs < 0)).toBe(true)
  })
})

describe('form', () => {
  it('has as many bets as asked for, each a valid demo bet', () => {
    expect(LEDGER).toHaveLength(8000)
    for (const bet of LEDGER) expect(betSchema.parse(bet).origin).toBe('demo')
  })

  it('numbers bets in order of placement', () => {
    expect(LEDGER[0]?.id).toBe('demo-00001')
    expect(LEDGER.at(-1)?.id).toBe('demo-08000')
  })

  it('is empty where no bets are asked for', () => {
    expect(simulateLedger({ ...OPTIONS, count: 0 })).toEqual([])
  })

  it.each([
    ['seed_out_of_range', { seed: -1 }],
    ['seed_out_of_range', { seed: Number.NaN }],
    ['count_out_of_range', { count: 100_000 }],
    ['count_out_of_range', { count: 1.5 }],
    ['instant_out_of_range', { endsAtMs: Number.NaN }],
    ['shift_out_of_range', { edges: [{ where: {}, probabilityShift: 1 }] }],
  ])('refuses with %s the options %o', (code, wrong) => {
    expect(() => simulateLedger({ ...OPTIONS, ...wrong })).toThrow(expect.objectContaining({ code }))
  })
})

describe('shares', () => {
  it.each<[string, number, number, readonly Bet[], (bet: Bet) => boolean]>([
    ['straight', 0.83, 0.87, LEDGER, (bet) => bet.betType === 'straight'],
    ['live', 0.055, 0.085, LEDGER, (bet) => bet.isLive],
    ['pushes', 0.012, 0.025, LEDGER, (bet) => bet.state === 'push'],
    ['voids', 0.003, 0.01, LEDGER, (bet) => bet.state === 'void'],
    ['cash-outs', 0.004, 0.015, LEDGER, (bet) => bet.state === 'cashed_out'],
    ['missing prices', 0.01, 0.02, LEDGER, (bet) => bet.decimalOdds === null],
    ['straight bets with a closing line value', 0.27, 0.34, STRAIGHT, (bet) => bet.closingLineValue !== null],
    ['straight bets at -110', 0.15, 0.3, STRAIGHT, (bet) => Math.abs((bet.decimalOdds ?? 0) - 21 / 11) < 1e-9],
    ['stakes from $5 to $100', 0.95, 1, LEDGER, ({ stakeMinor: s }) => s !== null && s >= 500 && s <= 10_000],
  ])('%s lie between %d and %d', (_, low, high, bets, holds) => {
    expect(share(bets, holds)).toBeGreaterThan(low)
    expect(share(bets, holds)).toBeLessThan(high)
  })

  it('covers six sports, parlays over several, and six books', () => {
    expect(new Set(LEDGER.map((bet) => bet.sport)).size).toBe(7)
    expect(new Set(LEDGER.map((bet) => bet.book)).size).toBe(6)
  })
})

describe('time', () => {
  it('spans two to three years and ends with open bets', () => {
    const years = (ENDS_AT_MS - (LEDGER[0]?.placedAtMs ?? 0)) / (365 * DAY_MS)
    expect(years).toBeGreaterThan(1.95)
    expect(years).toBeLessThan(3.01)
    expect(LEDGER.at(-1)?.state).toBe('open')
    expect(share(LEDGER, (bet) => bet.state === 'open')).toBeLessThan(0.01)
  })

  it('plays the NFL mostly on Sundays, and no baseball in winter', () => {
    const nfl = LEDGER.filter((bet) => bet.league === 'NFL' && bet.betType === 'straight')
    expect(share(nfl, (bet) => local(bet).getUTCDay() === 0)).toBeGreaterThan(0.5)
    expect(LEDGER.filter((bet) => bet.sport === 'Baseball' && [11, 0, 1].includes(local(bet).getUTCMonth()))).toEqual(
      [],
    )
  })

  it('comes in sittings: most bets follow another within five minutes', () => {
    const gaps = LEDGER.slice(1).map((bet, i) => bet.placedAtMs - (LEDGER[i]?.placedAtMs ?? 0))
    expect(gaps.filter((gap) => gap <= 5 * 60_000).length / gaps.length).toBeGreaterThan(0.6)
  })

  it('settles futures weeks later and other straight bets within a day', () => {
    for (const bet of STRAIGHT) {
      if (bet.settledAtMs === null || bet.state === 'cashed_out') continue
      const days = (bet.settledAtMs - bet.placedAtMs) / DAY_MS
      if (bet.market === 'Championship Winner') expect(days).toBeGreaterThan(19)
      else expect(days).toBeLessThan(1)
    }
  })
})

describe('truth', () => {
  const many = Array.from({ length: 12 }, (_, seed) => simulateLedger({ ...OPTIONS, seed })).flat()

  it('loses about the margin, more in parlays', () => {
    expect(roi(many)).toBeGreaterThan(-0.06)
    expect(roi(many)).toBeLessThan(-0.03)
    expect(roi(many.filter((bet) => bet.betType === 'parlay'))).toBeLessThan(-0.12)
  })

  it('wins less often than prices say, longshots by a greater factor', () => {
    const factor = (low: number, high: number) => {
      const band = many.filter(({ decimalOdds: d, state }) => d !== null && isDecisive(state) && d >= low && d < high)
      return winRate(band) / (band.reduce((sum, bet) => sum + 1 / (bet.decimalOdds ?? 1), 0) / band.length)
    }
    expect(factor(5, 20)).toBeLessThan(0.85)
    expect(factor(1.2, 1.6)).toBeGreaterThan(0.96)
    expect(factor(1.2, 1.6)).toBeLessThan(1.01)
  })

  it('pays better where the closing price moved the way of the bet, yet tells little of one bet', () => {
    const beat = many.filter((bet) => bet.closingLineValue !== null && bet.closingLineValue > 0)
    const fell = many.filter((bet) => bet.closingLineValue !== null && bet.closingLineValue < 0)
    expect(roi(beat)).toBeGreaterThan(roi(fell) + 0.03)
    expect(winRate(beat) - winRate(fell)).toBeLessThan(0.1)
  })
})

describe('a planted edge', () => {
  const where = { sport: 'Basketball', market: 'Total Points' } as const
  const isPlanted = (bet: Bet) => bet.sport === where.sport && bet.market === where.market
  const planted = simulateLedger({ ...OPTIONS, edges: [{ where, probabilityShift: 0.2 }] })

  it('shows in the win rate of its segment', () => {
    const gain = winRate(planted.filter(isPlanted)) - winRate(LEDGER.filter(isPlanted))
    expect(gain).toBeGreaterThan(0.15)
    expect(gain).toBeLessThan(0.25)
  })

  it('leaves every other bet as it was', () => {
    expect(planted.filter((bet) => !isPlanted(bet))).toEqual(LEDGER.filter((bet) => !isPlanted(bet)))
  })

  it('can hold for a time only', () => {
    const placedBeforeMs = ENDS_AT_MS - 300 * DAY_MS
    const faded = simulateLedger({ ...OPTIONS, edges: [{ where: { placedBeforeMs }, probabilityShift: -0.9 }] })
    const isEarly = (bet: Bet) => bet.placedAtMs < placedBeforeMs
    expect(winRate(faded.filter(isEarly))).toBeLessThan(0.02)
    expect(faded.filter((bet) => !isEarly(bet))).toEqual(LEDGER.filter((bet) => !isEarly(bet)))
  })
})
