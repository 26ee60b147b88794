/** Results of the bets placed on one day, in UTC. */
export interface DayResult {
  /** Days since 1970. */
  day: number
  /** Σ net return per unit over bets whose return is known. */
  units: number
  /** Σ profit in minor units over bets whose money is known. */
  profitMinor: number
}

/** The bankroll at the end of a day, from 0 at the beginning. */
export interface CurvePoint {
  day: number
  units: number
  profitMinor: number
}

/** The deepest fall of a curve from a height that it had reached before. */
export interface Drawdown {
  /** > 0, in the curve's unit. */
  depth: number
  /** Day of the height; null where it is the beginning. */
  from: number | null
  /** Day of the bottom. */
  to: number
  /** First day at the height again; null where it has not been reached since. */
  recovered: number | null
}

/** Points that a curve is drawn by. */
export const MOST_POINTS = 400

/** The bankroll day by day. @param days  ascending */
export function curveOf(days: readonly DayResult[]): CurvePoint[] {
  let [units, profitMinor] = [0, 0]
  return days.map((day) => {
    units += day.units
    profitMinor += day.profitMinor
    return { day: day.day, units, profitMinor }
  })
}

/** @returns undefined where the curve never falls below a height that it had */
export function maxDrawdown(curve: readonly CurvePoint[], unit: 'units' | 'profitMinor'): Drawdown | undefined {
  let height = { at: null as number | null, value: 0 }
  let deepest: (Drawdown & { value: number }) | undefined
  for (const point of curve) {
    const value = point[unit]
    if (value >= height.value) height = { at: point.day, value }
    const depth = height.value - value
    if (depth > (deepest?.depth ?? 0)) {
      deepest = { depth, from: height.at, to: point.day, recovered: null, value: height.value }
    }
  }
  if (deepest === undefined) return undefined
  const { value, ...drawdown } = deepest
  const recovered = curve.find((point) => point.day > drawdown.to && point[unit] >= value)
  return { ...drawdown, recovered: recovered?.day ?? null }
}

/**
 * At most {@link MOST_POINTS} points of a curve, evenly spread, the last one surely among them.
 *
 * @param keep  days that must not be left out: the ends of a drawdown; at most a handful
 */
export function thinned(curve: readonly CurvePoint[], keep: readonly number[] = []): CurvePoint[] {
  if (curve.length <= MOST_POINTS) return [...curve]
  const kept = new Set(keep)
  const evenly = MOST_POINTS - kept.size
  const chosen = new Set<number>()
  for (let k = 0; k < evenly; k++) chosen.add(Math.round((k * (curve.length - 1)) / (evenly - 1)))
  return curve.filter(({ day }, i) => chosen.has(i) || kept.has(day))
}
