import * as z from 'zod'
import type { Bet } from '../bets/bet.ts'
import { isDecisive, isSettled } from '../bets/settlement.ts'

const checkSchema = z.object({
  name: z.string(),
  /** Null where it cannot be measured, which fails the check. */
  value: z.number().nullable(),
  /** `at_least` or `at_most` the threshold passes. */
  bound: z.enum(['at_least', 'at_most']),
  threshold: z.number(),
  passed: z.boolean(),
  /** Why a person should care. */
  because: z.string(),
})

export const qualityReportSchema = z.object({ bets: z.int(), checks: z.array(checkSchema), passed: z.boolean() })

/** One question put to a ledger and its answer. */
export type QualityCheck = z.infer<typeof checkSchema>

/** How sound a ledger is. A failed check is told, never hidden; what it stops is the caller's decision. */
export type QualityReport = z.infer<typeof qualityReportSchema>

const DAY_MS = 86_400_000

type Rule = Omit<QualityCheck, 'value' | 'passed'> & { measure(bets: readonly Bet[], nowMs: number): number }

const RULES: readonly Rule[] = [
  {
    name: 'bets',
    bound: 'at_least',
    threshold: 1000,
    because: 'a model learned from fewer bets says more about luck than about the bettor',
    measure: (bets) => bets.length,
  },
  {
    name: 'settled_share',
    bound: 'at_least',
    threshold: 0.5,
    because: 'only settled bets teach anything',
    measure: (bets) => share(bets, (bet) => isSettled(bet.state)),
  },
  {
    name: 'missing_sport_share',
    bound: 'at_most',
    threshold: 0.05,
    because: 'a bet without a sport has no record to be compared with',
    measure: (bets) => share(bets, (bet) => bet.sport === null),
  },
  {
    name: 'missing_market_share',
    bound: 'at_most',
    threshold: 0.1,
    because: 'a bet without a market has no record to be compared with',
    measure: (bets) => share(bets, (bet) => bet.market === null),
  },
  {
    name: 'missing_price_share',
    bound: 'at_most',
    threshold: 0.01,
    because: 'a bet without a price cannot be learned from; many of them make the rest a biased sample',
    measure: (bets) => share(bets, (bet) => bet.decimalOdds === null),
  },
  {
    name: 'days_since_last_bet',
    bound: 'at_most',
    threshold: 90,
    because: 'markets and habits change: an old ledger predicts the past',
    measure: (bets, nowMs) => {
      const ages = bets.map((bet) => nowMs - bet.placedAtMs).filter((age) => age >= 0)
      return ages.reduce((least, age) => Math.min(least, age), Number.POSITIVE_INFINITY) / DAY_MS
    },
  },
  {
    name: 'bets_in_the_future',
    bound: 'at_most',
    threshold: 0,
    because: 'a bet cannot have been placed yet to be: its date, or the clock here, is wrong',
    measure: (bets, nowMs) => bets.filter((bet) => bet.placedAtMs > nowMs).length,
  },
  {
    name: 'sports',
    bound: 'at_least',
    threshold: 3,
    because: 'a model of one sport should not be asked about another',
    measure: (bets) => distinctNames(bets, (bet) => bet.sport),
  },
  {
    name: 'books',
    bound: 'at_least',
    threshold: 2,
    because: 'prices of a single book cannot be told from its margin',
    measure: (bets) => distinctNames(bets, (bet) => bet.book),
  },
  {
    name: 'win_rate_low',
    bound: 'at_least',
    threshold: 0.35,
    because: 'a lower win rate than any bettor has points to results read wrongly',
    measure: winRate,
  },
  {
    name: 'win_rate_high',
    bound: 'at_most',
    threshold: 0.65,
    because: 'a higher win rate than any bettor has points to results read wrongly',
    measure: winRate,
  },
]

/** Puts every question to a ledger. A figure that cannot be had fails its check. */
export function assessQuality(bets: readonly Bet[], nowMs: number): QualityReport {
  const checks = RULES.map(({ measure, ...rule }) => {
    const value = measure(bets, nowMs)
    const passed = rule.bound === 'at_least' ? value >= rule.threshold : value <= rule.threshold
    return Number.isFinite(value) ? { ...rule, value, passed } : { ...rule, value: null, passed: false }
  })
  return { bets: bets.length, checks, passed: checks.every((check) => check.passed) }
}

function share(bets: readonly Bet[], holds: (bet: Bet) => boolean): number {
  return bets.filter(holds).length / bets.length
}

/** A missing name is no name. */
function distinctNames(bets: readonly Bet[], nameOf: (bet: Bet) => string | null): number {
  return new Set(bets.map(nameOf).filter((name) => name !== null)).size
}

function winRate(bets: readonly Bet[]): number {
  return share(
    bets.filter((bet) => isDecisive(bet.state)),
    (bet) => bet.state === 'won',
  )
}
