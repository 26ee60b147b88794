import { round } from '../../shared/kernel/numeric.ts'
import type { Drawdown } from '../../shared/performance/bankroll-curve.ts'
import type { Figures, WindowFigures } from '../../shared/performance/dashboard.ts'
import { forEachDimension } from '../../shared/performance/dashboard-part.ts'
import type { RatioEstimate } from '../../shared/performance/day-ratio.ts'
import type { DashboardView } from '../../shared/usecases/serving-dashboard.ts'
import type { DashboardBody } from './dashboard-contract.ts'

const DAY_MS = 86_400_000

/** The dashboard as the API tells it: fractions in per cent, minor units in units of the currency, days as dates. */
export function dashboardBody({ figures, window, served, ...view }: DashboardView): DashboardBody {
  const { from, to, totals, by, luck } = figures
  return {
    success: true,
    ...{ months: window, from, to, currency: view.currency },
    totals: figuresBody(totals),
    by: forEachDimension((dimension) => ({
      groups: by[dimension].groups,
      deviationPct: pct(by[dimension].deviationBetween),
      listed: by[dimension].listed.map((group) => ({
        name: group.name,
        ...figuresBody(group),
        shrunkRoi: group.shrunkRoi === null ? null : intervalBody(group.shrunkRoi),
      })),
    })),
    bankroll: bankrollBody(figures),
    luck: luck === null ? null : luckBody(luck),
    predictions: predictionsBody(served),
    ...{ data: view.origin, asOf: view.lookedAt, servedFrom: view.servedFrom },
  }
}

function figuresBody(of: Figures): DashboardBody['totals'] {
  const { bets, settled, open, wins, losses, pushes, cashOuts, winRate, impliedWinRate, money, closing } = of
  return {
    ...{ bets, settled, open, wins, losses, pushes, cashOuts },
    winRate: winRate === null ? null : { ...intervalBody(winRate), n: winRate.n },
    impliedWinRate: impliedWinRate === null ? null : { pct: pct(impliedWinRate.value), n: impliedWinRate.n },
    roi: estimateBody(of.roi),
    yield: estimateBody(of.yield),
    money: money === null ? null : { n: money.n, turnover: money.turnoverMinor / 100, profit: money.profitMinor / 100 },
    closing: {
      n: closing.n,
      coveragePct: closing.coverage === null ? null : pct(closing.coverage),
      value: estimateBody(closing.value),
    },
  }
}

function estimateBody(estimate: RatioEstimate | null) {
  if (estimate === null) return null
  const { value, low, high, n, days } = estimate
  return { pct: pct(value), lowPct: low === null ? null : pct(low), highPct: high === null ? null : pct(high), n, days }
}

function intervalBody({ value, low, high }: { value: number; low: number; high: number }) {
  return { pct: pct(value), lowPct: pct(low), highPct: pct(high) }
}

function bankrollBody({ curve, drawdown }: WindowFigures): DashboardBody['bankroll'] {
  return {
    curve: curve.map(({ day, units, profitMinor }) => ({
      date: dateOf(day),
      units: round(units, 2),
      profit: profitMinor === null ? null : profitMinor / 100,
    })),
    maxDrawdown: {
      units: drawdown.units === null ? null : drawdownBody(drawdown.units, drawdown.units.depth),
      money: drawdown.money === null ? null : drawdownBody(drawdown.money, drawdown.money.depth / 100),
    },
  }
}

function drawdownBody({ from, to, recovered }: Drawdown, depth: number) {
  const orNull = (day: number | null) => (day === null ? null : dateOf(day))
  return { depth, from: orNull(from), to: dateOf(to), recovered: orNull(recovered) }
}

function luckBody(luck: NonNullable<WindowFigures['luck']>): NonNullable<DashboardBody['luck']> {
  return {
    ...{ n: luck.n, withoutExpectation: luck.withoutExpectation },
    expectedUnits: round(luck.expected, 2),
    actualUnits: round(luck.actual, 2),
    differenceUnits: round(luck.difference, 2),
    standardDeviationUnits: round(luck.standardDeviation, 2),
    ...{ designEffect: round(luck.designEffect, 3), z: round(luck.z, 3), p: round(luck.p, 4) },
  }
}

function predictionsBody(served: DashboardView['served']): DashboardBody['predictions'] {
  const { fromMs, toMs, withinDays, predictions, predictionsMatched, bets, betsMatched, open, scores } = served
  return {
    ...{ from: instantOf(fromMs), to: instantOf(toMs), withinDays },
    ...{ served: predictions, servedMatched: predictionsMatched, bets, betsMatched, betsOpen: open },
    ...{ unreadable: served.unreadable, isCut: served.isCut },
    calibration:
      scores === null
        ? null
        : { ...scores, bins: scores.bins.map(({ share, ...bin }) => ({ ...bin, winRate: share })) },
    note: noteOn(served),
  }
}

/** A sentence on what there is. */
function noteOn({ predictions, withinDays, betsMatched, scores }: DashboardView['served']): string {
  if (predictions === 0) return `No prediction was served in the last ${withinDays} days.`
  if (betsMatched === 0) return 'No bet was placed within 24 hours after a prediction of it: nothing can be said.'
  if (scores === null) return `None of the ${betsMatched} bets that had a prediction has won or lost yet.`
  const { n } = scores
  return `${n} ${n === 1 ? 'bet' : 'bets'} that won or lost had a prediction within 24 hours before.`
}

function pct(fraction: number): number {
  return round(fraction * 100, 2)
}

function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

function instantOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
