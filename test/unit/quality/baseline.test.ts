import { describe, expect, it } from 'vitest'
import type { Bet } from '../../../shared/bets/bet.ts'
import { decimalFromAmerican } from '../../../shared/odds/convert.ts'
import { baselineOf, baselinesByMonth, LEAST_PAYOUT_SD } from '../../../shared/quality/baseline.ts'
import { bet, LEDGER_START_MS } from '../../support/bets.ts'
import { merged, profiled } from './judged-ledger.ts'

const baselineOfBets = (fields: readonly Partial<Bet>[]) =>
  baselineOf(
    merged(
      profiled(
        fields.map((some, i) => bet({ id: `bet-${i}`, ...some })),
        LEDGER_START_MS,
      ),
    ),
  )

const repeat = (n: number, fields: Partial<Bet>) => new Array<Partial<Bet>>(n).fill(fields)

/** Fourteen American prices, three times: np.quantile and np.std of their −log(d − 1). */
const PRICES = [-110, -110, -110, -110, -110, -110, -105, 100, 120, 150, -200, -450, 310, 1000]

describe('baselineOf', () => {
  it('knows mean, deviation and fences of the log-odds of straight prices', () => {
    const prices = [...PRICES, ...PRICES, ...PRICES].map((american) => ({ decimalOdds: decimalFromAmerican(american) }))
    const { straight, combined } = baselineOfBets(prices).price
    expect(combined).toBeUndefined()
    expect(straight?.mean).toBeCloseTo(-0.08599271778969, 12)
    // Σ of squares is 3·13·0.8537551431955464², of 42 values: divided by 41.
    expect(straight?.sd).toBeCloseTo(0.8537551431955464 * Math.sqrt(39 / 41), 12)
    // NumPy's quartiles of the 42 are −0.18232156 and 0.09531018, nearer to each other than those of a normal
    // distribution of this deviation, 1.34898 of it; half a bin is 0.01, so a fence is at most 0.01 off.
    const reach = 2.5 * 1.34898 * 0.8537551431955464 * Math.sqrt(39 / 41)
    expect(Math.abs((straight?.fences[0] ?? Number.NaN) - (-0.18232156 - reach))).toBeLessThan(0.011)
    expect(Math.abs((straight?.fences[1] ?? Number.NaN) - (0.09531018 + reach))).toBeLessThan(0.011)
  })

  it('takes its fences from the quartiles where they are further apart than those of a normal distribution', () => {
    // Half at log-odds +1, half at −1: quartiles ±1, deviation 1, so 2 is more than 1.35.
    const [short, long] = [1 + Math.exp(-1), 1 + Math.exp(1)]
    const known = baselineOfBets([...repeat(50, { decimalOdds: short }), ...repeat(50, { decimalOdds: long })])
    expect(Math.abs((known.price.straight?.fences[0] ?? Number.NaN) - (-1 - 2.5 * 2))).toBeLessThan(0.07)
    expect(Math.abs((known.price.straight?.fences[1] ?? Number.NaN) - (1 + 2.5 * 2))).toBeLessThan(0.07)
  })

  it('keeps combined prices apart', () => {
    const both = [1.5, 2, 3].flatMap((price) => [
      ...repeat(10, { decimalOdds: price }),
      ...repeat(10, { decimalOdds: 10 * price, betType: 'parlay' }),
    ])
    const { straight, combined } = baselineOfBets(both).price
    // Means of −ln(d − 1): of 0.5, 1, 2 it is 0; of 14, 19, 29 it is −ln(7714) / 3.
    expect(straight?.mean).toBeCloseTo(0, 12)
    expect(combined?.mean).toBeCloseTo(-Math.log(7714) / 3, 12)
  })

  it.each([
    ['29 values', repeat(14, { decimalOdds: 1.5, stakeMinor: 500, closingLineValue: 0.01 }), 15],
    ['one value', repeat(0, {}), 100],
  ])('knows nothing usual from %s', (_, some, others) => {
    const known = baselineOfBets([...some, ...repeat(others, { closingLineValue: 0.1, profitMinor: null })])
    expect(known.price.straight).toBeUndefined()
    expect(known.clv).toBeUndefined()
    expect(known.stake).toBeUndefined()
  })

  it('knows what is usual from 30 values', () => {
    const known = baselineOfBets([...repeat(15, { closingLineValue: -0.1 }), ...repeat(15, { closingLineValue: 0.1 })])
    expect(known.clv?.mean).toBeCloseTo(0, 15)
    expect(known.clv?.sd).toBeCloseTo(0.1 * Math.sqrt(30 / 29), 12)
  })

  it('puts the 99th percentile of stakes where no stake equal to it is above', () => {
    const known = baselineOfBets([
      ...repeat(30, { stakeMinor: 500 }),
      ...repeat(50, { stakeMinor: 1000 }),
      ...repeat(20, { stakeMinor: 2500 }),
    ])
    const p99 = known.stake?.p99 ?? Number.NaN
    expect(p99).toBeGreaterThanOrEqual(Math.log(2500))
    expect(p99).toBeLessThanOrEqual(Math.log(2500) + 0.05)
  })

  it('holds the deviation of payouts above what rounding makes', () => {
    const known = baselineOfBets(repeat(30, { decimalOdds: 2, profitMinor: 1000 }))
    expect(known.payoutResidual.straight).toEqual({ mean: 0, sd: LEAST_PAYOUT_SD })
    // Four deviations let through half a point and half a cent of a unit: 0.005 each.
    expect(4 * LEAST_PAYOUT_SD).toBeCloseTo(0.01, 15)
  })
})

describe('baselinesByMonth', () => {
  it('gives each month what was placed in earlier ones, and never its own bets', () => {
    const inMonth = (month: number, clv: number, sport: string) =>
      Array.from({ length: 20 }, (_, i) => {
        const placedAtMs = Date.UTC(2025, month, 1 + i)
        const closingLineValue = clv + (i % 2 === 0 ? 0.01 : -0.01)
        return bet({ id: `${sport}-${month}-${i}`, sport, placedAtMs, settledAtMs: null, closingLineValue })
      })
    const bets = [
      ...inMonth(5, 0.5, 'Golf'),
      ...inMonth(0, 0, 'Golf'),
      ...inMonth(0, 0.04, 'Tennis'),
      ...inMonth(2, 0.3, 'Golf'),
    ]
    const baselines = baselinesByMonth(profiled(bets, LEDGER_START_MS))
    expect([...baselines.keys()]).toEqual(['2025-01', '2025-03', '2025-06'])
    expect(baselines.get('2025-01')?.clv).toBeUndefined()
    expect(baselines.get('2025-03')?.clv?.mean).toBeCloseTo(0.02, 12)
    expect(baselines.get('2025-06')?.clv?.mean).toBeCloseTo((0 + 0.04 + 0.3) / 3, 12)
  })
})
