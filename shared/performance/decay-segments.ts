import { twoSidedNormal } from '../evaluation/distributions.ts'
import { benjaminiHochberg } from '../evaluation/multiple-testing.ts'
import { Z_95 } from '../kernel/numeric.ts'
import type { DecaySegment } from './decay-report.ts'
import type { DecayEntry } from './decay-state.ts'
import { priceBand } from './price-band.ts'

/** Segments of fewer settled bets are left out: they could only be luck. */
export const LEAST_SEGMENT_BETS = 30

/** Share of false finds among the segments called off that is accepted. */
export const SEGMENT_FALSE_DISCOVERY = 0.05

const FIELDS: Readonly<Record<DecaySegment['by'], (entry: DecayEntry) => string | null>> = {
  sport: ({ sport }) => sport,
  market: ({ market }) => market,
  book: ({ book }) => book,
  price: ({ decimalOdds }) => priceBand(decimalOdds),
}

/**
 * Which sports, markets, books and price bands win more or less often than they were served.
 *
 * z = Σ(y − p)/√(φ·Σ p(1 − p)), adjusted over all segments so that of those called off one in twenty is not. It is a look
 * at where decay sits, made anew each time; whether there is any is the sequential test's to say.
 *
 * @param dispersion  φ ≥ 1, as the results of a day are alike
 * @returns           the surest first
 */
export function segmentsOf(entries: readonly DecayEntry[], dispersion: number): DecaySegment[] {
  const settled = entries.filter(({ label }) => label !== null)
  const tested = Object.entries(FIELDS).flatMap(([by, field]) =>
    Array.from(groupBy(settled, field), ([name, rows]) => ({ by: by as DecaySegment['by'], name, rows })),
  )
  const enough = tested.filter(({ rows }) => rows.length >= LEAST_SEGMENT_BETS)
  const found = enough.map(({ by, name, rows }) => ({ by, name, ...excessOf(rows, dispersion) }))
  const adjusted = benjaminiHochberg(found.map(({ pValue }) => pValue))
  const judged = found.map((segment, i) => {
    const adjustedPValue = adjusted[i] as number
    return { ...segment, adjustedPValue, isOff: adjustedPValue <= SEGMENT_FALSE_DISCOVERY }
  })
  return judged.sort((a, b) => a.pValue - b.pValue || b.n - a.n)
}

function excessOf(rows: readonly DecayEntry[], dispersion: number) {
  const n = rows.length
  const sum = rows.reduce((total, { label, probability }) => total + (label ?? 0) - probability, 0)
  const variance = rows.reduce((total, { probability: p }) => total + p * (1 - p), 0) * dispersion
  const value = sum / n
  // Served as certain, all of them: nothing is left to chance.
  const error = Math.sqrt(variance) / n
  const pValue = variance > 0 ? twoSidedNormal(sum / Math.sqrt(variance)) : sum === 0 ? 1 : 0
  return { n, excess: { value, low: value - Z_95 * error, high: value + Z_95 * error }, pValue }
}

function groupBy(
  entries: readonly DecayEntry[],
  field: (entry: DecayEntry) => string | null,
): Map<string, DecayEntry[]> {
  const groups = new Map<string, DecayEntry[]>()
  for (const entry of entries) {
    const name = field(entry)
    if (name === null || name === '') continue
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [entry])
    else group.push(entry)
  }
  return groups
}
