import { describe, expect, it } from 'vitest'
import { type Fate, settleSlip } from '../../../shared/simulator/outcome.ts'
import type { Slip } from '../../../shared/simulator/slip.ts'

const SLIP: Slip = {
  ...{ sport: 'Basketball', league: 'NBA', market: 'Spread', book: 'Summit Lines', betType: 'straight' },
  ...{ isLive: false, selection: 'Dunmere -3 points', decimalOdds: 1.9, stakeMinor: 1005 },
  ...{ placedAtMs: 1_000_000, settlesAtMs: 9_000_000, probability: 0.5, tieProbability: 0.08 },
  closing: { margin: 0.04, stepPoints: 1 },
}

/** Nothing unusual happens, and the bet wins if its probability is above one half. */
const FATE: Fate = {
  ...{ void: 0.5, tie: 0.5, win: 0.5, cashOut: 0.5, progress: 0.5 },
  ...{ news: 0, closingNoise: 0, closingReported: 0.9, priceReported: 0.5 },
}

const settle = (fate: Partial<Fate>, edge = 0, endsAtMs = 10_000_000) =>
  settleSlip(SLIP, { ...FATE, ...fate }, edge, endsAtMs)

describe('settleSlip', () => {
  it('pays stake times price less one, in whole cents, for a win', () => {
    expect(settle({ win: 0.4 })).toMatchObject({ state: 'won', profitMinor: 904, settledAtMs: 9_000_000 })
  })

  it('takes the stake for a loss', () => {
    expect(settle({ win: 0.6 })).toMatchObject({ state: 'lost', profitMinor: -1005 })
  })

  it('wins more often by the edge and by news', () => {
    expect(settle({ win: 0.51 }).state).toBe('lost')
    expect(settle({ win: 0.51 }, 0.02).state).toBe('won')
    expect(settle({ win: 0.51, news: 1 }).state).toBe('won')
  })

  it('gives the stake back for a tie and for a void', () => {
    expect(settle({ tie: 0.01 })).toMatchObject({ state: 'push', profitMinor: 0 })
    expect(settle({ void: 0.001 })).toMatchObject({ state: 'void', profitMinor: 0 })
  })

  it('cashes out between a loss and a full win, before the result', () => {
    const { state, profitMinor, settledAtMs } = settle({ cashOut: 0.001, win: 0.4 })
    expect(state).toBe('cashed_out')
    expect(profitMinor).toBe(341)
    expect(settledAtMs).toBe(5_600_000)
  })

  it('is open while the result lies ahead', () => {
    const open = { state: 'open', profitMinor: null, settledAtMs: null, closingLineValue: null }
    expect(settle({ closingReported: 0 }, 0, 8_999_999)).toMatchObject(open)
    expect(settle({}, 0, 9_000_000).state).toBe('lost')
  })

  it('reports a positive closing line value where the closing price came down', () => {
    expect(settle({ closingReported: 0, closingNoise: 2 }).closingLineValue).toBeGreaterThan(0.02)
    expect(settle({ closingReported: 0, closingNoise: -2 }).closingLineValue).toBeLessThan(-0.02)
  })

  it('knows no closing line value without a price', () => {
    expect(settle({ priceReported: 0.001, closingReported: 0 })).toMatchObject({
      decimalOdds: null,
      closingLineValue: null,
    })
  })
})
