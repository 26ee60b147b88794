import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runBacktest } from '../../shared/backtest/backtest.ts'
import { replayBets } from '../../shared/backtest/replay-bets.ts'
import type { BacktestRow } from '../../shared/backtest/row.ts'
import type { BettingRules } from '../../shared/backtest/rules.ts'
import { DEFAULT_RULES } from '../../shared/backtest/rules.ts'
import { LEDGER_START_MS, shuffled } from '../support/bets.ts'

const HOUR_MS = 3_600_000
const probability = fc.double({ min: 0, max: 1, noNaN: true })

/** Instants stand on a coarse grid, so that placements and settlements often coincide. */
const rowOf = fc
  .record({
    placed: fc.integer({ min: 0, max: 60 }),
    lasts: fc.integer({ min: 0, max: 40 }),
    decimalOdds: fc.double({ min: 1.01, max: 30, noNaN: true }),
    result: fc.constantFrom('won', 'lost', 'lost', 'push', 'half_lost'),
    probability,
    marketProbability: probability,
  })
  .map(({ placed, lasts, result, ...rest }): BacktestRow => {
    const placedAtMs = LEDGER_START_MS + placed * 3 * HOUR_MS
    const returns = { won: rest.decimalOdds - 1, lost: -1, push: 0, half_lost: -0.5 }
    const known = { knownAtMs: placedAtMs + lasts * 3 * HOUR_MS, closingLineValue: undefined }
    return { ...rest, ...known, placedAtMs, returnPerUnit: returns[result as keyof typeof returns] }
  })
const rows = fc.array(rowOf, { maxLength: 60 })
const share = fc.double({ min: 0.01, max: 1, noNaN: true })
const rules = fc.record({
  staking: fc.constantFrom('kelly' as const, 'flat' as const),
  ...{ kellyShare: share, maxStakeShare: share, maxOpenShare: share },
  flatStake: fc.double({ min: 1, max: 2000, noNaN: true }),
  minEdge: fc.double({ min: 0, max: 0.3, noNaN: true }),
  initialBankroll: fc.constant(1000),
})

test('no rule ever stakes what it has not, nor lets the bankroll fall below nothing', () => {
  fc.assert(
    fc.property(rows, rules, (bets, how) => {
      const { curve, taken, finalBankroll } = replayBets(bets, how)
      for (const { bankroll, openStakes } of curve) {
        expect(bankroll).toBeGreaterThanOrEqual(0)
        expect(openStakes).toBeLessThanOrEqual(bankroll + 1e-6)
      }
      expect(finalBankroll).toBeGreaterThanOrEqual(0)
      for (const { stake } of taken) expect(stake).toBeGreaterThan(0)
    }),
  )
})

test('stakes in open bets stay within their cap at every placement', () => {
  fc.assert(
    fc.property(rows, rules, (bets, how) => {
      const { taken } = replayBets(bets, how)
      for (const instant of new Set(taken.map(({ row }) => row.placedAtMs))) {
        const settled = taken.filter(({ row }) => row.knownAtMs < instant)
        const open = taken.filter(({ row }) => row.placedAtMs <= instant && row.knownAtMs >= instant)
        const bankroll = how.initialBankroll + settled.reduce((sum, { profit }) => sum + profit, 0)
        const stakes = open.reduce((sum, { stake }) => sum + stake, 0)
        // Bets placed earlier may have filled the cap of a bankroll that has shrunk since.
        const now = taken.filter(({ row }) => row.placedAtMs === instant).reduce((sum, { stake }) => sum + stake, 0)
        expect(Math.min(now, stakes - how.maxOpenShare * bankroll)).toBeLessThan(1e-6)
      }
    }),
  )
})

test('money is neither made nor lost: the bankroll ends where profits take it', () => {
  fc.assert(
    fc.property(rows, rules, (bets, how) => {
      const { taken, settled, refused, finalBankroll, curve } = replayBets(bets, how)
      const profit = taken.reduce((sum, bet) => sum + bet.profit, 0)
      expect(Math.abs(how.initialBankroll + profit - finalBankroll)).toBeLessThan(1e-6 * (1 + Math.abs(profit)))
      expect(taken.length + refused.edge + refused.exposure + refused.bankroll).toBe(bets.length)
      expect(settled).toHaveLength(taken.length)
      expect(curve.at(-1)?.openStakes ?? 0).toBe(0)
    }),
  )
})

test('flat stakes that nothing limits earn the sum of returns', () => {
  const unlimited: BettingRules = { ...DEFAULT_RULES, staking: 'flat', flatStake: 1, maxOpenShare: 1, minEdge: 0 }
  fc.assert(
    fc.property(rows, (bets) => {
      const sure = bets.map((bet) => ({ ...bet, probability: 1 }))
      const { strategy } = runBacktest(sure, unlimited, { seed: 1, simulations: 1 })
      const returns = bets.reduce((sum, { returnPerUnit }) => sum + returnPerUnit, 0)
      expect(strategy.profit).toBeCloseTo(returns, 6)
      expect(strategy.taken).toBe(bets.length)
      if (bets.length > 0) expect(strategy.roi?.ratio).toBeCloseTo(returns / bets.length, 6)
    }),
  )
})

test('the order in which bets are listed changes nothing', () => {
  fc.assert(
    fc.property(rows, rules, fc.integer(), (bets, how, seed) => {
      const options = { seed: 1, simulations: 5 }
      expect(runBacktest(shuffled(bets, seed), how, options)).toEqual(runBacktest(bets, how, options))
    }),
  )
})

test('nothing that comes later changes a stake', () => {
  fc.assert(
    fc.property(rows, rules, fc.integer({ min: 0, max: 60 }), (bets, how, hour) => {
      const cut = LEDGER_START_MS + hour * 3 * HOUR_MS
      const before = (replay: ReturnType<typeof replayBets>) =>
        replay.taken.filter(({ row }) => row.placedAtMs <= cut).map(({ stake }) => stake)
      // Results that come at the cut or after it turn, and bets after it are gone.
      const other = bets
        .filter(({ placedAtMs }) => placedAtMs <= cut)
        .map((bet) => (bet.knownAtMs < cut ? bet : { ...bet, returnPerUnit: -1 }))
      expect(before(replayBets(other, how)).sort()).toEqual(before(replayBets(bets, how)).sort())
    }),
  )
})

test('by Kelly, twice the bankroll stakes twice as much', () => {
  fc.assert(
    fc.property(rows, (bets) => {
      const once = replayBets(bets, DEFAULT_RULES)
      const twice = replayBets(bets, { ...DEFAULT_RULES, initialBankroll: 2 * DEFAULT_RULES.initialBankroll })
      expect(twice.taken.map(({ stake }) => stake / 2)).toEqual(once.taken.map(({ stake }) => stake))
    }),
  )
})
