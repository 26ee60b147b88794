import * as z from 'zod'
import type { Bet } from '../bets/bet.ts'
import { isDecisive } from '../bets/settlement.ts'
import type { CalibrationWatch, ServedOutcome } from '../drift/calibration-watch.ts'
import { FRESH_WATCH, hasDecayed, watchDay } from '../drift/calibration-watch.ts'
import { clamp, logit, sigmoid } from '../kernel/numeric.ts'
import type { MatchedPrediction } from './match-served.ts'

const DAY_MS = 86_400_000

/**
 * A result is taken into the test this long after the bet was placed at the earliest: a parlay is lost with its first leg
 * and won with its last, so that results taken as they come would be losses first.
 */
export const TAKEN_AFTER_MS = 2 * DAY_MS

/** Served probabilities of 0 and 1 count as this far off: one that fails must not end all doubt by itself. */
const LEAST_DOUBT = 0.002

const count = z.int().min(0)

/** A bet that was placed on a prediction, with what was served. */
const entrySchema = z.object({
  betId: z.string(),
  /** UTC day of the placement, in days since 1970. */
  day: z.int(),
  /** 1 won, 0 lost; null while it is open, or where it came to neither. */
  label: z.union([z.literal(0), z.literal(1), z.null()]),
  /** Number of the look that took the result in; null before. */
  look: count.nullable(),
  probability: z.number().min(0).max(1),
  decimalOdds: z.number().gt(1),
  functionVersion: z.string().nullable(),
  sport: z.string(),
  market: z.string(),
  book: z.string(),
})

export type DecayEntry = z.infer<typeof entrySchema>

/** What the market said of bets, and how alike the results of a day are, as the ledger knew it before a version served. */
export const decayReferenceSchema = z.object({
  /** Settled bets that it was learned from; 0 where there were too few, and the price counts as it is. */
  bets: count,
  /** Log-odds of winning = intercept + slope · logit(1/decimalOdds). */
  intercept: z.number(),
  slope: z.number(),
  /** Variance of a day's summed residuals as a multiple of what independent results would give, at least 1. */
  dispersion: z.number().min(1),
})

export type DecayReference = z.infer<typeof decayReferenceSchema>

export const decayStateSchema = z.object({
  format: z.literal('closeline-decay/1'),
  modelVersion: z.string(),
  origin: z.enum(['own', 'demo']),
  reference: decayReferenceSchema,
  /** Looks that took results in. */
  looks: count,
  /** In order of placement. */
  entries: z.array(entrySchema),
  watch: z.object({
    days: count,
    outcomes: count,
    sinceStart: count,
    logRatios: z.array(z.array(z.number())),
    evidence: z.number().min(0),
    largestEvidence: z.number().min(0),
  }),
  /** When decay was called, and whether everybody has been told; null where it has not been. */
  alarm: z.object({ at: z.iso.datetime(), outcomes: count, isAnnounced: z.boolean() }).nullable(),
})

/** All that is remembered of the bets placed on one version's predictions. */
export type DecayState = z.infer<typeof decayStateSchema>

export function newDecayState(about: Pick<DecayState, 'modelVersion' | 'origin' | 'reference'>): DecayState {
  const watch = { ...FRESH_WATCH, logRatios: [] }
  return { format: 'closeline-decay/1', ...about, looks: 0, entries: [], watch, alarm: null }
}

/** What the ledger says now of the bets that a state is about. */
export interface LedgerNow {
  /** Bets of the months that were read, by id. */
  bets: ReadonlyMap<string, Bet>
  /** First instant of these months: earlier bets were not read and stay as they are known. */
  fromMs: number
  /** Bets placed on predictions of this version; those that are known already change nothing. */
  matched: readonly MatchedPrediction[]
}

/**
 * The state after one more look at the ledger.
 *
 * Each bet counts once, with the prediction that it was matched to first, however often one looks. A result that comes
 * late is taken in by the look that first sees it; one that is corrected is corrected where it stands, and a bet that is
 * gone is forgotten: the test is then worked out again from what remains.
 */
export function lookAgain(state: DecayState, ledger: LedgerNow, nowMs: number): DecayState {
  const look = state.looks + 1
  const known = new Set(state.entries.map(({ betId }) => betId))
  const kept = state.entries.flatMap((entry) => entryNow(entry, ledger))
  const added = ledger.matched.filter(({ bet }) => !known.has(bet.id)).map(entryOf)
  const entries = [...kept, ...added].map((entry) => taken(entry, look, nowMs))
  entries.sort((a, b) => a.day - b.day || (a.betId < b.betId ? -1 : 1))
  const looks = entries.some((entry) => entry.look === look) ? look : state.looks
  const watch = watchOf(entries, state.reference)
  return { ...state, looks, entries, watch, alarm: alarmOf(state, watch, nowMs) }
}

/** The entry as the ledger has its bet now: none where it is gone. */
function entryNow(entry: DecayEntry, { bets, fromMs }: LedgerNow): DecayEntry[] {
  if ((entry.day + 1) * DAY_MS <= fromMs) return [entry]
  const bet = bets.get(entry.betId)
  if (bet === undefined) return []
  const label = labelOf(bet)
  return [{ ...entry, label, look: label === null ? null : entry.look }]
}

function entryOf({ bet, prediction }: MatchedPrediction): DecayEntry {
  const { winProbability, decimalOdds, functionVersion, sport, market, book } = prediction
  return {
    betId: bet.id,
    day: Math.floor(bet.placedAtMs / DAY_MS),
    label: labelOf(bet),
    look: null,
    ...{ probability: winProbability, decimalOdds, functionVersion, sport, market, book },
  }
}

function labelOf({ state }: Bet): DecayEntry['label'] {
  if (!isDecisive(state)) return null
  return state === 'won' ? 1 : 0
}

function taken(entry: DecayEntry, look: number, nowMs: number): DecayEntry {
  const isDue = entry.label !== null && entry.look === null && nowMs - (entry.day + 1) * DAY_MS >= TAKEN_AFTER_MS
  return isDue ? { ...entry, look } : entry
}

/** The test over all looks, in their order. */
function watchOf(entries: readonly DecayEntry[], reference: DecayReference): DecayState['watch'] {
  const byLook = new Map<number, ServedOutcome[]>()
  for (const entry of entries) {
    if (entry.look === null || entry.label === null) continue
    const outcomes = byLook.get(entry.look) ?? []
    byLook.set(entry.look, outcomes)
    outcomes.push({
      probability: clamp(entry.probability, LEAST_DOUBT, 1 - LEAST_DOUBT),
      label: entry.label,
      rival: marketProbability(entry.decimalOdds, reference),
    })
  }
  const looks = [...byLook].sort(([a], [b]) => a - b)
  const watch = looks.reduce<CalibrationWatch>((before, [, day]) => watchDay(before, day, reference), FRESH_WATCH)
  return { ...watch, logRatios: watch.logRatios.map((ratios) => [...ratios]) }
}

/** What the market gave the bet, margin and the bettor's usual lines taken into account. */
export function marketProbability(decimalOdds: number, { intercept, slope }: DecayReference): number {
  return clamp(sigmoid(intercept + slope * logit(1 / decimalOdds)), LEAST_DOUBT, 1 - LEAST_DOUBT)
}

/** Called once; taken back where a correction leaves nothing that shows it. */
function alarmOf({ alarm }: DecayState, watch: CalibrationWatch, nowMs: number): DecayState['alarm'] {
  if (!hasDecayed(watch)) return null
  return alarm ?? { at: new Date(nowMs).toISOString(), outcomes: watch.outcomes, isAnnounced: false }
}
